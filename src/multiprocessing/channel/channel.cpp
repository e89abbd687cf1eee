#include "multiprocessing/channel/channel.hpp"

#include "platform/io/pipe.hpp"
#include "platform/io/readable.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using platform::IoResult;
using platform::TransportKind;

// Header and payload go out together up to this size: one system call, and over a pipe one piece
// that no other process can write into (PIPE_BUF).
constexpr std::size_t joined_size = 4096;

// More is not taken from the system before as much has arrived: a length is only what a peer says.
constexpr std::size_t first_reserve = std::size_t{1} << 20;

// What is zeroed and then overwritten by the system in one go stays in the processor's cache.
constexpr std::size_t receive_step = std::size_t{256} << 10;

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

constexpr std::size_t usual_pipe = std::size_t{64} << 10;
constexpr std::size_t large_pipe = std::size_t{1} << 20;

[[noreturn]] void throw_because(std::errc code, const char* why) {
  throw OSError(std::make_error_code(code), why);
}

[[noreturn]] void throw_truncated() {
  throw_because(std::errc::connection_aborted, "got end of file during message");
}

[[noreturn]] void throw_end() {
  throw EOFError("the other end of the connection is closed");
}

}  // namespace

const Deadline& never() noexcept {
  static const Deadline deadline;
  return deadline;
}

Channel::Channel(Handle handle, bool readable, bool writable) noexcept
    : handle_(std::move(handle)),
      kind_(platform::transport_kind(handle_.get())),
      readable_(readable),
      writable_(writable) {}

void Channel::save(serial::Writer& writer) const {
  writer.write(writer.add_handle(handle_.get()));
  writer.write(readable_);
  writer.write(writable_);
}

bool Channel::poll(const Deadline& deadline) const {
  return platform::is_readable(handle_.get(), deadline);
}

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
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
  std::array<char, joined_size> head;
  std::size_t size = write_header(std::span(head).first<longest_header>(),
                                  frame.prefix.size() + frame.body.size());
  std::ranges::copy(frame.prefix, head.begin() + static_cast<std::ptrdiff_t>(size));
  size += frame.prefix.size();
  const bool fits = frame.body.size() <= head.size() - size;
  if (kind_ == TransportKind::packet_socket && !(fits && frame.handles.empty())) {
    const std::lock_guard lock(send_lock_);
    send_packets(frame, {head.data(), size}, deadline);
    return;
  }
  const std::size_t joined = std::min(frame.body.size(), head.size() - size);
  std::ranges::copy(frame.body.substr(0, joined), head.begin() + static_cast<std::ptrdiff_t>(size));
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

// A packet is sent whole or not at all, and none holds parts of two messages.
void Channel::send_packets(const Frame& frame, std::string_view head, const Deadline& deadline) {
  std::string_view part = frame.body.substr(0, platform::largest_packet - head.size());
  const IoResult result =
      platform::send_with_handles(handle_.get(), head, frame.handles, deadline, part);
  if (result.error) {
    throw OSError(result.error, "send");
  }
  for (std::size_t sent = part.size(); sent < frame.body.size(); sent += part.size()) {
    part = frame.body.substr(sent, platform::largest_packet);
    send_all(part, deadline);
  }
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
  if (size > usual_pipe && kind_ == TransportKind::pipe && !grown_) {
    grown_ = true;
    static_cast<void>(platform::resize_pipe(handle_.get(), large_pipe));
  }
}

std::string Channel::receive(std::uint64_t maxlength,
                             const Deadline& deadline,
                             platform::ReceivedHandles* handles) {
  const std::lock_guard lock(receive_lock_);
  if (kind_ == TransportKind::packet_socket) {
    return receive_packets(maxlength, deadline, handles);
  }
  return receive_body(receive_length(maxlength, deadline, handles), deadline);
}

std::size_t Channel::receive_into(std::span<char> room) {
  const std::lock_guard lock(receive_lock_);
  if (kind_ == TransportKind::packet_socket) {
    std::string message = receive_packets(no_limit, never(), nullptr);
    if (message.size() > room.size()) {
      throw BufferTooShort(std::move(message), room.size());
    }
    std::ranges::copy(message, room.begin());
    return message.size();
  }
  const std::uint64_t length = receive_length(no_limit, never(), nullptr);
  if (length > room.size()) {
    throw BufferTooShort(receive_body(length, never()), room.size());
  }
  receive_rest(room.first(length), never());
  return length;
}

std::uint64_t Channel::receive_length(std::uint64_t maxlength,
                                      const Deadline& deadline,
                                      platform::ReceivedHandles* handles) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
  std::array<char, longest_header> bytes;
  const auto first = std::span(bytes).first<short_header>();
  const std::size_t count = receive_up_to(first, deadline, handles);
  if (count == 0) {
    throw_end();
  }
  receive_rest(first.subspan(count), deadline);
  Header header = read_header(first);
  if (header.state == Header::State::cut) {
    receive_rest(std::span(bytes).last<long_length>(), deadline);
    header = read_header(bytes);
  }
  check_header(header, maxlength);
  return header.length;
}

void Channel::check_header(const Header& header, std::uint64_t maxlength) {
  switch (header.state) {
    case Header::State::cut:
      refuse(std::errc::bad_message, "a packet ends in the middle of a length");
    case Header::State::negative:
      refuse(std::errc::bad_message, "negative message length");
    case Header::State::impossible:
      refuse(std::errc::bad_message, "impossible message length");
    case Header::State::complete:
      break;
  }
  if (header.length > maxlength) {
    stop_receiving();
    throw_because(std::errc::message_size, "bad message length");
  }
}

// The first packet holds the header, and what follows it of the message.
std::string Channel::receive_packets(std::uint64_t maxlength,
                                     const Deadline& deadline,
                                     platform::ReceivedHandles* handles) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
  std::array<char, platform::largest_packet> packet;
  const std::size_t size = receive_once(packet, deadline, handles);
  if (size == 0) {
    throw_end();
  }
  const Header header = read_header(std::span(packet).first(size));
  check_header(header, maxlength);
  if (size - header.size > header.length) {
    refuse(std::errc::bad_message, "a packet is longer than its message");
  }
  std::string body;
  body.reserve(std::min<std::size_t>(header.length, first_reserve));
  body.append(packet.data() + header.size, size - header.size);
  while (body.size() < header.length) {
    const std::size_t filled = body.size();
    body.resize(filled + std::min<std::size_t>(header.length - filled, packet.size()));
    const std::size_t more = receive_once(std::span(body).subspan(filled), deadline, nullptr);
    if (more == 0) {
      throw_truncated();
    }
    body.resize(filled + more);
  }
  return body;
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
    // Handles come with the first byte of a message.
    const std::size_t count =
        receive_once(space.subspan(filled), deadline, filled == 0 ? handles : nullptr);
    if (count == 0) {
      break;
    }
    filled += count;
  }
  return filled;
}

std::size_t Channel::receive_once(std::span<char> space,
                                  const Deadline& deadline,
                                  platform::ReceivedHandles* handles) {
  const IoResult result =
      handles != nullptr && platform::passes_handles(kind_)
          ? platform::receive_with_handles(handle_.get(), space, *handles, deadline)
          : platform::receive_some(handle_.get(), kind_, space, deadline);
  if (result.error) {
    throw OSError(result.error, "recv");
  }
  return result.count;
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
