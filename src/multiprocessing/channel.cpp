#include "multiprocessing/channel.hpp"

#include "multiprocessing/framing.hpp"
#include "platform/pipe.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using platform::ChannelKind;
using platform::IoResult;

// Header and payload go out together up to this size: one system call, and over a pipe one piece
// that no other process can write into (PIPE_BUF).
constexpr std::size_t joined_size = 4096;

// More is not taken from the system before as much has arrived: a length is only what a peer says.
constexpr std::size_t first_reserve = std::size_t{1} << 20;

// What is zeroed and then overwritten by the system in one go stays in the processor's cache.
constexpr std::size_t receive_step = std::size_t{256} << 10;

constexpr std::size_t usual_pipe = std::size_t{64} << 10;
constexpr std::size_t large_pipe = std::size_t{1} << 20;

[[noreturn]] void throw_because(std::errc code, const char* why) {
  throw OSError(std::make_error_code(code), why);
}

[[noreturn]] void throw_truncated() {
  throw_because(std::errc::connection_aborted, "got end of file during message");
}

}  // namespace

const Deadline& never() noexcept {
  static const Deadline deadline;
  return deadline;
}

Channel::Channel(Handle handle, bool readable, bool writable) noexcept
    : handle_(std::move(handle)),
      kind_(platform::channel_kind(handle_.get())),
      readable_(readable),
      writable_(writable) {}

void Channel::check_open() const {
  if (!handle_) {
    throw_because(std::errc::bad_file_descriptor, "handle is closed");
  }
}

void Channel::check_readable() const {
  if (!readable_) {
    throw_because(std::errc::bad_file_descriptor, "connection is write-only");
  }
}

void Channel::check_writable() const {
  if (!writable_) {
    throw_because(std::errc::bad_file_descriptor, "connection is read-only");
  }
}

void Channel::send(const Frame& frame, const Deadline& deadline) {
  std::array<char, joined_size> head;
  std::size_t size = write_header(std::span(head).first<longest_header>(),
                                  frame.prefix.size() + frame.body.size());
  std::ranges::copy(frame.prefix, head.begin() + static_cast<std::ptrdiff_t>(size));
  size += frame.prefix.size();
  const std::size_t joined = std::min(frame.body.size(), head.size() - size);
  std::memcpy(head.data() + size, frame.body.data(), joined);
  const std::string_view first(head.data(), size + joined);

  const std::lock_guard lock(send_lock_);
  make_room_for(frame.body.size());
  std::size_t sent = 0;
  if (!frame.handles.empty()) {
    const IoResult result =
        platform::send_with_handles(handle_.get(), first, frame.handles, deadline);
    if (result.error) {
      throw OSError(result.error, "send");
    }
    sent = result.count;
  }
  send_all(first.substr(sent), deadline);
  send_all(frame.body.substr(joined), deadline);
}

void Channel::send_all(std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    const IoResult result = platform::send_some(handle_.get(), kind_, bytes, deadline);
    if (result.error) {
      throw OSError(result.error, "send");
    }
    bytes.remove_prefix(result.count);
  }
}

// Large messages cross a pipe of the usual size in many small steps. Asked for when the first one
// comes, as the room that all pipes of a user share is limited.
void Channel::make_room_for(std::size_t size) noexcept {
  if (size > usual_pipe && kind_ == ChannelKind::pipe && !grown_) {
    grown_ = true;
    static_cast<void>(platform::resize_pipe(handle_.get(), large_pipe));
  }
}

std::string Channel::receive(std::uint64_t maxlength,
                             const Deadline& deadline,
                             platform::ReceivedHandles* handles) {
  const std::lock_guard lock(receive_lock_);
  const std::uint64_t length = receive_length(deadline, handles);
  if (length > maxlength) {
    stop_receiving();
    throw_because(std::errc::message_size, "bad message length");
  }
  return receive_body(length, deadline);
}

std::size_t Channel::receive_into(std::span<char> room) {
  const std::lock_guard lock(receive_lock_);
  const std::uint64_t length = receive_length(never(), nullptr);
  if (length > room.size()) {
    throw BufferTooShort(receive_body(length, never()), room.size());
  }
  receive_rest(room.first(length), never());
  return length;
}

std::uint64_t Channel::receive_length(const Deadline& deadline,
                                      platform::ReceivedHandles* handles) {
  std::array<char, longest_header> header;
  const auto first = std::span(header).first<short_header>();
  const std::size_t count = receive_up_to(first, deadline, handles);
  if (count == 0) {
    throw EOFError("the other end of the connection is closed");
  }
  receive_rest(first.subspan(count), deadline);
  const auto length = static_cast<std::int32_t>(read_number(first));
  if (length >= 0) {
    return static_cast<std::uint64_t>(length);
  }
  if (length != length_follows) {
    refuse(std::errc::bad_message, "negative message length");
  }
  const auto rest = std::span(header).last<long_length>();
  receive_rest(rest, deadline);
  const std::uint64_t longer = read_number(rest);
  if (longer > std::string().max_size()) {
    refuse(std::errc::bad_message, "impossible message length");
  }
  return longer;
}

std::string Channel::receive_body(std::uint64_t length, const Deadline& deadline) {
  std::string body;
  body.reserve(std::min<std::size_t>(length, first_reserve));
  while (body.size() < length) {
    const std::size_t filled = body.size();
    const std::size_t step = std::min<std::size_t>(length - filled, receive_step);
    body.resize(filled + step);
    receive_rest(std::span(body).subspan(filled), deadline);
  }
  return body;
}

void Channel::receive_rest(std::span<char> space, const Deadline& deadline) {
  if (receive_up_to(space, deadline) < space.size()) {
    throw_truncated();
  }
}

std::size_t Channel::receive_up_to(std::span<char> space,
                                   const Deadline& deadline,
                                   platform::ReceivedHandles* handles) {
  std::size_t filled = 0;
  while (filled < space.size()) {
    const std::span<char> rest = space.subspan(filled);
    // Handles come with the first byte of a message, and only through local sockets.
    const bool with_handles =
        handles != nullptr && filled == 0 && kind_ == ChannelKind::local_socket;
    const IoResult result =
        with_handles ? platform::receive_with_handles(handle_.get(), rest, *handles, deadline)
                     : platform::receive_some(handle_.get(), kind_, rest, deadline);
    if (result.error) {
      throw OSError(result.error, "recv");
    }
    if (result.count == 0) {
      break;
    }
    filled += result.count;
  }
  return filled;
}

// What is left of the message is in the way of the next for good. As Python, a duplex connection
// keeps its other direction.
void Channel::stop_receiving() noexcept {
  readable_ = false;
  if (!writable_) {
    close();
  }
}

void Channel::refuse(std::errc code, const char* why) {
  close();
  throw_because(code, why);
}

}  // namespace progeny::multiprocessing::detail
