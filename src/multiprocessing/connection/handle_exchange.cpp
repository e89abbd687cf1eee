#include "multiprocessing/connection/handle_exchange.hpp"

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "platform/ipc/handle_passing.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::size_t key_size = 8;

}  // namespace

void HandleRequest::send(Channel& channel, const Deadline& deadline) const {
  std::array<char, key_size> bytes{};
  write_number(bytes, key);
  channel.send({.body = {bytes.data(), bytes.size()}}, deadline);
}

HandleRequest HandleRequest::from(std::string_view bytes) {
  if (bytes.size() != key_size) {
    throw RuntimeError("the message asks for no handle");
  }
  return {.key = read_number(bytes)};
}

// A handle needs a byte to travel beside.
void HandleAnswer::send(Channel& channel, const Deadline& deadline) const {
  const native_handle borrowed = handle.get();
  channel.send(handle ? Frame{.body = "1", .handles = {&borrowed, 1}} : Frame(), deadline);
}

HandleAnswer HandleAnswer::receive(Channel& channel, const Deadline& deadline) {
  platform::ReceivedHandles received;
  static_cast<void>(channel.receive(1, deadline, &received));
  if (received.truncated) {
    throw_os_error(std::errc::too_many_files_open, "recv");
  }
  if (received.handles.size() != 1) {
    return {};
  }
  return {.handle = std::move(received.handles.front())};
}

}  // namespace progeny::multiprocessing::detail
