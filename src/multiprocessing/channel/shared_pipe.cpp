#include "multiprocessing/channel/shared_pipe.hpp"

#include "multiprocessing/channel/other_end.hpp"
#include "multiprocessing/channel/shared_ring.hpp"
#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/io/event.hpp"
#include "platform/ipc/socket.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/serial.hpp>  // IWYU pragma: keep: defines Writer::write and Reader::read.

#include <cstddef>
#include <cstdint>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::size_t states_begin = 1024;
constexpr std::size_t rings_begin = 4096;
static_assert(sizeof(EndUsers) <= states_begin);
static_assert(states_begin + 2 * sizeof(SharedRing::State) <= rings_begin);

constexpr std::size_t memory_size(bool duplex) noexcept {
  return rings_begin + (duplex ? 2 : 1) * SharedRing::capacity;
}

}  // namespace

std::pair<SharedPipeEnd, SharedPipeEnd> SharedPipeEnd::make_pair(bool duplex) {
  const auto region = Region::make("progeny-pipe", memory_size(duplex));
  const auto roster = Roster::own();
  platform::Event to_first;
  platform::Event to_second;
  const auto copy = [](const platform::Event& event) {
    return platform::Event(platform::duplicate(event.handle()));
  };
  SharedPipeEnd first{.region = region,
                      .roster = roster,
                      .number = 0,
                      .incoming = copy(to_first),
                      .outgoing = copy(to_second)};
  SharedPipeEnd second{.region = region,
                       .roster = roster,
                       .number = 1,
                       .incoming = std::move(to_second),
                       .outgoing = std::move(to_first)};
  return {std::move(first), std::move(second)};
}

SharedRing SharedPipeEnd::ring_to(unsigned end) const noexcept {
  return {region->at<SharedRing::State>(states_begin + end * sizeof(SharedRing::State)),
          region->data() + rings_begin + end * SharedRing::capacity};
}

void save_pipe_end(serial::Writer& writer,
                   const SharedPipeEnd& end,
                   native_handle incoming,
                   native_handle outgoing) {
  save_region(writer, *end.region);
  save_region(writer, *end.roster->region());
  writer.write(std::uint32_t{end.number});
  writer.write(writer.add_handle(incoming));
  writer.write(writer.add_handle(outgoing));
}

SharedPipeEnd load_pipe_end(serial::Reader& reader, bool duplex) {
  auto region = load_region(reader);
  auto roster = Roster::in(load_region(reader));
  const auto number = reader.read<std::uint32_t>();
  platform::Event incoming(reader.take_handle(reader.read<std::uint32_t>()));
  platform::Event outgoing(reader.take_handle(reader.read<std::uint32_t>()));
  if (number > 1 || region->size() < memory_size(duplex)) {
    reader.fail("a shared pipe without its memory");
  }
  return {.region = std::move(region),
          .roster = std::move(roster),
          .number = number,
          .incoming = std::move(incoming),
          .outgoing = std::move(outgoing)};
}

}  // namespace progeny::multiprocessing::detail
