#include "multiprocessing/channel/shared_channel.hpp"

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/directions.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/channel/message_sink.hpp"
#include "multiprocessing/channel/piece_head.hpp"
#include "multiprocessing/channel/saved_end.hpp"
#include "multiprocessing/channel/shared_pipe.hpp"
#include "multiprocessing/channel/shared_ring.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/hang_up.hpp"
#include "platform/ipc/message_socket.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using Number = std::array<char, PieceHead::number_size>;

std::string_view text_of(const Number& number) noexcept {
  return {number.data(), number.size()};
}

// The lock of one side, for one call. A member that is stopped while it has the lock keeps it: that
// costs the others no more than their deadlines.
class Turn {
 public:
  // Throws OSError `timed_out` for `call`.
  Turn(RobustLock& lock, Roster& roster, const Deadline& deadline, const char* call)
      : lock_(lock), acquired_(lock.acquire(roster, deadline.remaining())) {
    if (acquired_ == Acquired::no) {
      throw_os_error(std::errc::timed_out, call);
    }
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { lock_.release(); }

  // Whether the last owner has died with the lock: it has not handed over what it wrote.
  [[nodiscard]] bool from_dead_member() const noexcept {
    return acquired_ == Acquired::from_dead_member;
  }

 private:
  RobustLock& lock_;
  Acquired acquired_;
};

}  // namespace

SharedChannel::SharedChannel(Handle socket, const Directions& directions, SharedPipeEnd end)
    : socket_(std::move(socket)),
      directions_(directions),
      end_(std::move(end)),
      in_(end_.in()),
      out_(end_.out()),
      incoming_(in_.state().receivers, in_.state().is_polled, std::move(end_.incoming)),
      outgoing_(out_.state().receivers, out_.state().is_polled, std::move(end_.outgoing)),
      other_(end_.users(), *end_.roster, end_.number, socket_.get()) {
  other_.arrive();
}

SharedChannel::~SharedChannel() {
  SharedChannel::close();
}

std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> SharedChannel::make_pair(
    bool duplex) {
  auto sockets = platform::make_message_sockets();
  auto ends = SharedPipeEnd::make_pair(duplex);
  return {std::make_unique<SharedChannel>(
              std::move(sockets.first), Directions{.writable = duplex}, std::move(ends.first)),
          std::make_unique<SharedChannel>(
              std::move(sockets.second), Directions{.readable = duplex}, std::move(ends.second))};
}

void SharedChannel::save(serial::Writer& writer) const {
  save_end(writer, ChannelForm::shared, socket_.get(), directions_);
  save_pipe_end(writer, end_, incoming_.handle(), outgoing_.handle());
}

std::unique_ptr<Channel> SharedChannel::load(serial::Reader& reader,
                                             Handle socket,
                                             const Directions& directions) {
  auto end = load_pipe_end(reader, directions.readable && directions.writable);
  return std::make_unique<SharedChannel>(std::move(socket), directions, std::move(end));
}

// The socket is closed before the closing is counted, as OtherEnd asks for. Then all that wait look
// whether they are alone now.
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

OtherEnd::Waited SharedChannel::wait_for_piece(const Deadline& deadline) const {
  return other_.wait_for([this] { return in_.has_piece(); }, in_.state().receivers, deadline);
}

bool SharedChannel::poll(const Deadline& deadline) const {
  other_.arrive();
  return wait_for_piece(deadline) != OtherEnd::Waited::is_late;
}

void SharedChannel::send(const Frame& frame, const Deadline& deadline) {
  other_.arrive();
  const Turn turn(out_.state().send_lock, *end_.roster, deadline, "send");
  if (turn.from_dead_member()) {
    out_.look_as_sender();
  }
  if (other_.is_alone()) {
    throw_os_error(std::errc::broken_pipe, "send");
  }
  SharedRing::Marks marks{.has_handles = !frame.handles.empty()};
  PieceHead head{.ticket = marks.has_handles ? send_handles(frame.handles, deadline) : 0};
  PieceHead::Room room;
  const std::size_t size = frame.prefix.size() + frame.body.size();
  if (head.size() + size <= SharedRing::largest_piece) {
    put({head.pack(room), frame.prefix, frame.body}, marks, deadline);
    return;
  }
  head.length = size;
  marks.is_last = false;
  const std::size_t first = SharedRing::largest_piece - head.size() - frame.prefix.size();
  put({head.pack(room), frame.prefix, frame.body.substr(0, first)}, marks, deadline);
  put_rest(frame.body.substr(first), deadline);
}

void SharedChannel::put_rest(std::string_view bytes, const Deadline& deadline) {
  SharedRing::Marks marks{.is_first = false, .is_last = false};
  while (!marks.is_last) {
    const std::string_view part = bytes.substr(0, SharedRing::largest_piece);
    bytes.remove_prefix(part.size());
    marks.is_last = bytes.empty();
    put({part}, marks, deadline);
  }
}

void SharedChannel::put(std::initializer_list<std::string_view> parts,
                        const SharedRing::Marks& marks,
                        const Deadline& deadline) {
  while (!out_.try_put(parts, marks)) {
    const auto has_room = [this] { return out_.has_room(SharedRing::worthwhile_room); };
    switch (other_.wait_for(has_room, out_.state().senders, deadline)) {
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

// Handles wait in the socket until their message is received. They go ahead of it, so that they are
// there when it is. The count is raised before they are sent, so that no ticket is used twice, even
// if this process is killed in between. The senders' lock guards it.
std::uint64_t SharedChannel::send_handles(std::span<const native_handle> handles,
                                          const Deadline& deadline) {
  auto& tickets = out_.state().tickets;
  const std::uint64_t ticket = tickets.load(std::memory_order_relaxed) + 1;
  tickets.store(ticket, std::memory_order_relaxed);
  Number number{};
  write_number(number, ticket);
  const platform::IoResult result =
      platform::send_with_handles(socket_.get(), text_of(number), handles, deadline);
  if (result.error) {
    throw OSError(result.error, "send");
  }
  return ticket;
}

// A smaller ticket belongs to a sender that was killed before it put its message. If the handles
// are not there, the caller finds too few of them.
void SharedChannel::receive_handles(std::uint64_t ticket, platform::ReceivedHandles* handles) {
  const Deadline now(std::chrono::nanoseconds::zero());
  for (;;) {
    Number number{};
    platform::ReceivedHandles received;
    const platform::IoResult result =
        platform::receive_with_handles(socket_.get(), number, received, now);
    if (result.error || result.count != number.size() || read_number(number) > ticket) {
      return;
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
  receive_to(sink, deadline, handles);
  return sink.take();
}

std::size_t SharedChannel::receive_into(std::span<char> room, const Deadline& deadline) {
  MemorySink sink(room);
  receive_to(sink, deadline, nullptr);
  return sink.end();
}

// Waits without the lock. With it, another receiver could not look at its deadline meanwhile.
void SharedChannel::receive_to(MessageSink& sink,
                               const Deadline& deadline,
                               platform::ReceivedHandles* handles) {
  other_.arrive();
  bool has_waited = false;
  while (!take_message(sink, deadline, handles, has_waited)) {
    has_waited = true;
    silence_if_empty();  // The receiver of the last message may have been killed before it did.
    switch (wait_for_piece(deadline)) {
      case OtherEnd::Waited::has_happened:
        break;
      case OtherEnd::Waited::is_late:
        throw_os_error(std::errc::timed_out, "recv");
      case OtherEnd::Waited::is_alone:
        throw_end();
    }
  }
}

// Receives a message if its first piece is there.
bool SharedChannel::take_message(MessageSink& sink,
                                 const Deadline& deadline,
                                 platform::ReceivedHandles* handles,
                                 bool has_waited) {
  const Turn turn(in_.state().receive_lock, *end_.roster, deadline, "recv");
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
  take_pieces(*piece, sink, deadline, handles);
  return true;
}

// A first piece may also come later: its message is there instead of one whose sender was killed.
void SharedChannel::take_pieces(SharedRing::Piece piece,
                                MessageSink& sink,
                                const Deadline& deadline,
                                platform::ReceivedHandles* handles) {
  std::uint64_t left = 0;
  for (;; piece = next_piece(deadline)) {
    std::string_view bytes = piece.bytes;
    PieceHead head;
    if (piece.marks.is_first) {
      head = PieceHead::unpack(piece.marks, bytes);
      begin(sink, head.length);
      left = head.length;
    }
    if (bytes.size() > left || (piece.marks.is_last && bytes.size() != left)) {
      close();
      throw_damaged_pipe();
    }
    sink.append(bytes);
    left -= bytes.size();
    drop(piece);
    if (head.ticket != 0) {
      receive_handles(head.ticket, handles);
    }
    if (piece.marks.is_last) {
      return;
    }
  }
}

void SharedChannel::begin(MessageSink& sink, std::uint64_t size) {
  if (sink.begin(size)) {
    return;
  }
  if (directions_.stop_receiving()) {
    close();
  }
  throw_too_long();
}

// The next piece of a message that has begun.
SharedRing::Piece SharedChannel::next_piece(const Deadline& deadline) {
  for (;;) {
    if (const auto piece = in_.next()) {
      return *piece;
    }
    switch (wait_for_piece(deadline)) {
      case OtherEnd::Waited::has_happened:
        break;
      case OtherEnd::Waited::is_late:
        throw_os_error(std::errc::timed_out, "recv");
      case OtherEnd::Waited::is_alone:
        throw_truncated();
    }
  }
}

void SharedChannel::drop(const SharedRing::Piece& piece) noexcept {
  in_.drop(piece);
  in_.state().senders.ring([this] { return in_.has_room(SharedRing::worthwhile_room); });
  silence_if_empty();
}

}  // namespace progeny::multiprocessing::detail
