#include "multiprocessing/channel/shared_channel.hpp"

#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/channel/message_sink.hpp"
#include "multiprocessing/channel/saved_end.hpp"
#include "platform/ipc/hang_up.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/ipc/socket.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <optional>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::size_t number_size = 8;
using Number = std::array<char, number_size>;

Number number_of(std::uint64_t number) noexcept {
  Number bytes{};
  write_number(bytes, number);
  return bytes;
}

std::string_view text_of(const Number& number) noexcept {
  return {number.data(), number.size()};
}

// Reads a number off the front of a piece, which may be anything.
std::uint64_t take_number(std::string_view& bytes) {
  if (bytes.size() < number_size) {
    throw_os_error(std::errc::bad_message, "the memory of a shared pipe is damaged");
  }
  const std::uint64_t number = read_number(bytes.substr(0, number_size));
  bytes.remove_prefix(number_size);
  return number;
}

}  // namespace

namespace {

// The memory: the users, the state of both rings, then the rings, the first that which leads to
// the first end: a pipe of one direction has no other.
struct Layout {
  static constexpr std::size_t state = 1024;
  static constexpr std::size_t ring = 4096;

  static std::size_t state_from(unsigned end) noexcept {
    return state + (1 - end) * sizeof(SharedRing::State);
  }
  static std::size_t ring_from(unsigned end) noexcept {
    return ring + (1 - end) * SharedRing::capacity;
  }
  static std::size_t size(bool duplex) noexcept {
    return ring + (duplex ? 2 : 1) * SharedRing::capacity;
  }
};
static_assert(sizeof(EndUsers) <= Layout::state);
static_assert(Layout::state + 2 * sizeof(SharedRing::State) <= Layout::ring);

}  // namespace

SharedChannel::SharedChannel(Handle socket, const Directions& directions, Parts parts)
    : socket_(std::move(socket)),
      directions_(directions),
      parts_(std::move(parts)),
      in_(ring_from(1 - parts_.end)),
      out_(ring_from(parts_.end)),
      incoming_(in_.state().receivers, in_.state().is_polled, std::move(parts_.incoming)),
      outgoing_(out_.state().receivers, out_.state().is_polled, std::move(parts_.outgoing)),
      other_(parts_.region->at<EndUsers>(0), *parts_.roster, parts_.end, socket_.get()) {
  other_.arrive();
}

SharedChannel::~SharedChannel() {
  SharedChannel::close();
}

std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> SharedChannel::make_pair(
    bool duplex) {
  auto [first, second] = platform::make_message_sockets();
  const auto region = Region::make("progeny-pipe", Layout::size(duplex));
  const auto roster = Roster::own();
  platform::Event to_first;
  platform::Event to_second;
  const auto copy = [](const platform::Event& event) {
    return platform::Event(platform::duplicate(event.handle()));
  };
  Parts ours{.region = region,
             .roster = roster,
             .end = 0,
             .incoming = copy(to_first),
             .outgoing = copy(to_second)};
  Parts theirs{.region = region,
               .roster = roster,
               .end = 1,
               .incoming = std::move(to_second),
               .outgoing = std::move(to_first)};
  return {std::make_unique<SharedChannel>(
              std::move(first), Directions{.writable = duplex}, std::move(ours)),
          std::make_unique<SharedChannel>(
              std::move(second), Directions{.readable = duplex}, std::move(theirs))};
}

void SharedChannel::save(serial::Writer& writer) const {
  save_end(writer, ChannelForm::shared, socket_.get(), directions_);
  save_region(writer, *parts_.region);
  save_region(writer, *parts_.roster->region());
  writer.write(std::uint32_t{parts_.end});
  writer.write(writer.add_handle(incoming_.handle()));
  writer.write(writer.add_handle(outgoing_.handle()));
}

std::unique_ptr<Channel> SharedChannel::load(serial::Reader& reader,
                                             Handle socket,
                                             const Directions& directions) {
  auto region = load_region(reader);
  auto roster = Roster::in(load_region(reader));
  const auto end = reader.read<std::uint32_t>();
  platform::Event incoming(reader.take_handle(reader.read<std::uint32_t>()));
  platform::Event outgoing(reader.take_handle(reader.read<std::uint32_t>()));
  if (end > 1 || region->size() < Layout::size(directions.readable && directions.writable)) {
    reader.fail("a shared pipe without its memory");
  }
  return std::make_unique<SharedChannel>(std::move(socket),
                                         directions,
                                         Parts{.region = std::move(region),
                                               .roster = std::move(roster),
                                               .end = end,
                                               .incoming = std::move(incoming),
                                               .outgoing = std::move(outgoing)});
}

SharedRing SharedChannel::ring_from(unsigned end) const noexcept {
  return {parts_.region->at<SharedRing::State>(Layout::state_from(end)),
          parts_.region->data() + Layout::ring_from(end)};
}

void SharedChannel::close() noexcept {
  if (directions_.closed) {
    return;
  }
  directions_.closed = true;
  watch_.reset();
  socket_.reset();
  other_.leave();
  in_.state().senders.ring_all();
  out_.state().receivers.ring_all();
}

native_handle SharedChannel::fileno() const {
  std::call_once(watched_, [this] {
    watch_ = platform::readable_or_hung_up(incoming_.handle(), socket_.get());
    incoming_.start_polling();
  });
  incoming_.set_if([this] { return in_.has_piece(); });
  return watch_.get();
}

void SharedChannel::silence_if_empty() noexcept {
  incoming_.clear_unless([this] { return in_.has_piece(); });
}

bool SharedChannel::poll(const Deadline& deadline) const {
  other_.arrive();
  return other_.wait_for([this] { return in_.has_piece(); }, in_.state().receivers, deadline) !=
         OtherEnd::Waited::is_late;
}

void SharedChannel::send(const Frame& frame, const Deadline& deadline) {
  other_.arrive();
  const RobustGuard turn(out_.state().send_lock, *parts_.roster);
  if (turn.from_dead_member()) {
    out_.look_as_sender();
  }
  if (other_.is_alone()) {
    throw_os_error(std::errc::broken_pipe, "send");
  }
  const std::size_t size = frame.prefix.size() + frame.body.size();
  SharedRing::Marks marks{.has_handles = !frame.handles.empty()};
  const Number ticket =
      number_of(marks.has_handles ? send_handles(frame.handles, deadline) : std::uint64_t{0});
  const std::string_view front = text_of(ticket).substr(0, marks.has_handles ? number_size : 0);
  if (size + front.size() <= SharedRing::largest_piece) {
    put({front, frame.prefix, frame.body}, marks, deadline);
    return;
  }
  const Number total = number_of(size);
  std::size_t sent = SharedRing::largest_piece - front.size() - number_size - frame.prefix.size();
  marks.is_last = false;
  put({front, text_of(total), frame.prefix, frame.body.substr(0, sent)}, marks, deadline);
  marks = {.is_first = false, .is_last = false};
  while (!marks.is_last) {
    const std::string_view part = frame.body.substr(sent, SharedRing::largest_piece);
    sent += part.size();
    marks.is_last = sent == frame.body.size();
    put({part}, marks, deadline);
  }
}

void SharedChannel::put(std::initializer_list<std::string_view> parts,
                        const SharedRing::Marks& marks,
                        const Deadline& deadline) {
  SharedRing::State& state = out_.state();
  while (!out_.try_put(parts, marks)) {
    const auto has_room = [this] { return out_.has_room(SharedRing::worthwhile_room); };
    switch (other_.wait_for(has_room, state.senders, deadline)) {
      case OtherEnd::Waited::has_happened:
        break;
      case OtherEnd::Waited::is_late:
        throw_os_error(std::errc::timed_out, "send");
      case OtherEnd::Waited::is_alone:
        throw_os_error(std::errc::broken_pipe, "send");
    }
  }
  outgoing_.ring();
}

// They wait in the socket until their message is received. Those of a sender that was killed before
// he could put his message are told by their ticket.
std::uint64_t SharedChannel::send_handles(std::span<const native_handle> handles,
                                          const Deadline& deadline) {
  auto& tickets = out_.state().tickets;
  const std::uint64_t ticket = tickets.load(std::memory_order_relaxed) + 1;
  tickets.store(ticket, std::memory_order_relaxed);
  const Number number = number_of(ticket);
  const platform::IoResult result =
      platform::send_with_handles(socket_.get(), text_of(number), handles, deadline);
  if (result.error) {
    throw OSError(result.error, "send");
  }
  return ticket;
}

void SharedChannel::receive_handles(std::uint64_t ticket, platform::ReceivedHandles* handles) {
  const Deadline now(std::chrono::nanoseconds::zero());
  for (;;) {
    Number number{};
    platform::ReceivedHandles received;
    const platform::IoResult result =
        platform::receive_with_handles(socket_.get(), number, received, now);
    if (result.error || result.count != number_size || read_number(number) > ticket) {
      return;  // The receiver finds that they have not come.
    }
    if (read_number(number) == ticket) {
      if (handles != nullptr) {
        *handles = std::move(received);
      }
      return;
    }
  }
}

std::string SharedChannel::receive(std::uint64_t maxlength,
                                   const Deadline& deadline,
                                   platform::ReceivedHandles* handles) {
  TextSink sink(maxlength);
  receive_message(sink, deadline, handles);
  return sink.take();
}

std::size_t SharedChannel::receive_into(std::span<char> room) {
  MemorySink sink(room);
  receive_message(sink, never(), nullptr);
  return sink.end();
}

void SharedChannel::receive_message(MessageSink& sink,
                                    const Deadline& deadline,
                                    platform::ReceivedHandles* handles) {
  other_.arrive();
  bool has_waited = false;
  while (!take_message(sink, deadline, handles, has_waited)) {
    has_waited = true;
    silence_if_empty();  // The receiver of the last message may have been killed before it did.
    const auto waited =
        other_.wait_for([this] { return in_.has_piece(); }, in_.state().receivers, deadline);
    if (waited == OtherEnd::Waited::is_late) {
      throw_os_error(std::errc::timed_out, "recv");
    }
    if (waited == OtherEnd::Waited::is_alone) {
      throw_end();
    }
  }
}

// Receives a message if at least its beginning is there.
bool SharedChannel::take_message(MessageSink& sink,
                                 const Deadline& deadline,
                                 platform::ReceivedHandles* handles,
                                 bool has_waited) {
  const RobustGuard turn(in_.state().receive_lock, *parts_.roster);
  if (turn.from_dead_member()) {
    in_.look_as_receiver();
  }
  std::optional<SharedRing::Piece> piece = in_.next();
  while (piece && !piece->marks.is_first) {
    drop(*piece);  // The rest of a message whose receiver was killed.
    piece = in_.next();
  }
  if (!piece) {
    return false;
  }
  if (has_waited) {
    other_.found(in_.has_more(*piece));
  }
  std::uint64_t left = 0;
  for (;; piece = next_piece(deadline)) {
    std::string_view bytes = piece->bytes;
    const SharedRing::Marks marks = piece->marks;
    // Not only at first: a sender may be killed amid his message, and the next one begins his.
    const std::uint64_t ticket = marks.is_first ? begin_message(sink, marks, bytes, left) : 0;
    if (bytes.size() > left || (marks.is_last && bytes.size() != left)) {
      close();
      throw_os_error(std::errc::bad_message, "the memory of a shared pipe is damaged");
    }
    sink.append(bytes);
    left -= bytes.size();
    drop(*piece);
    if (ticket != 0) {
      receive_handles(ticket, handles);
    }
    if (marks.is_last) {
      return true;
    }
  }
}

// Takes off the first bytes of a message what they tell of it: how many bytes it has, and the
// ticket of its handles, which is returned.
std::uint64_t SharedChannel::begin_message(MessageSink& sink,
                                           const SharedRing::Marks& marks,
                                           std::string_view& bytes,
                                           std::uint64_t& size) {
  const std::uint64_t ticket = marks.has_handles ? take_number(bytes) : 0;
  size = marks.is_last ? bytes.size() : take_number(bytes);
  if (!sink.begin(size)) {
    stop_receiving();
    throw_too_long();
  }
  return ticket;
}

// The next piece of a message that has begun.
SharedRing::Piece SharedChannel::next_piece(const Deadline& deadline) {
  for (;;) {
    if (const auto piece = in_.next()) {
      return *piece;
    }
    const auto waited =
        other_.wait_for([this] { return in_.has_piece(); }, in_.state().receivers, deadline);
    if (waited == OtherEnd::Waited::is_late) {
      throw_os_error(std::errc::timed_out, "recv");
    }
    if (waited == OtherEnd::Waited::is_alone) {
      throw_truncated();
    }
  }
}

void SharedChannel::stop_receiving() noexcept {
  if (directions_.stop_receiving()) {
    close();
  }
}

void SharedChannel::drop(const SharedRing::Piece& piece) noexcept {
  in_.drop(piece);
  in_.state().senders.ring([this] { return in_.has_room(SharedRing::worthwhile_room); });
  silence_if_empty();
}

}  // namespace progeny::multiprocessing::detail
