#include <progeny/multiprocessing/connection/connection.hpp>

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/shared_channel.hpp"
#include "multiprocessing/connection/object_message.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "platform/io/pipe.hpp"
#include "platform/ipc/message_socket.hpp"

#include <fmt/format.h>

#include <limits>

namespace progeny::multiprocessing::connection {

namespace {

// More than the usual room of a local socket: fewer changes between sender and receiver for large
// messages. Only what is sent takes memory.
constexpr std::size_t socket_room = std::size_t{1} << 20;

std::size_t checked_offset(std::ptrdiff_t offset, std::size_t length) {
  if (offset < 0) {
    throw ValueError(fmt::format("the offset {} is negative", offset));
  }
  if (static_cast<std::size_t>(offset) > length) {
    throw ValueError(fmt::format("the offset {} is beyond the {} bytes", offset, length));
  }
  return static_cast<std::size_t>(offset);
}

std::string_view checked_part(std::string_view bytes,
                              std::ptrdiff_t offset,
                              std::optional<std::ptrdiff_t> size) {
  const std::string_view rest = bytes.substr(checked_offset(offset, bytes.size()));
  if (!size) {
    return rest;
  }
  if (*size < 0) {
    throw ValueError(fmt::format("the size {} is negative", *size));
  }
  if (static_cast<std::size_t>(*size) > rest.size()) {
    throw ValueError(fmt::format(
        "{} bytes from offset {} reach beyond the {} bytes", *size, offset, bytes.size()));
  }
  return rest.substr(0, static_cast<std::size_t>(*size));
}

std::uint64_t checked_maxlength(std::optional<std::ptrdiff_t> maxlength) {
  if (maxlength && *maxlength < 0) {
    throw ValueError(fmt::format("negative maxlength: {}", *maxlength));
  }
  return maxlength ? static_cast<std::uint64_t>(*maxlength)
                   : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

Connection::Connection(Handle handle, bool readable, bool writable) {
  if (!handle || handle.get() < native_handle()) {
    throw ValueError("a connection needs a handle, and was given none");
  }
  if (!readable && !writable) {
    throw ValueError("a connection must be readable or writable");
  }
  channel_ = std::make_unique<detail::Channel>(std::move(handle), readable, writable);
}

Connection::Connection(std::unique_ptr<detail::Channel> channel) noexcept
    : channel_(std::move(channel)) {}

Connection::Connection(Connection&& other) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept = default;
Connection::~Connection() = default;

detail::Channel& Connection::channel() const {
  if (!channel_) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "handle is closed");
  }
  channel_->check_open();
  return *channel_;
}

void Connection::send_bytes(BytesView bytes,
                            std::ptrdiff_t offset,
                            std::optional<std::ptrdiff_t> size) {
  detail::Channel& out = channel();
  out.check_writable();
  out.send({.body = checked_part(bytes.text(), offset, size)}, detail::never());
}

std::string Connection::recv_bytes(std::optional<std::ptrdiff_t> maxlength) {
  detail::Channel& in = channel();
  in.check_readable();
  return in.receive(checked_maxlength(maxlength), detail::never());
}

std::size_t Connection::recv_bytes_into(std::span<std::byte> buffer, std::ptrdiff_t offset) {
  detail::Channel& in = channel();
  in.check_readable();
  const std::span<std::byte> room = buffer.subspan(checked_offset(offset, buffer.size()));
  return in.receive_into({reinterpret_cast<char*>(room.data()), room.size()});
}

bool Connection::poll(const Timeout& timeout) const {
  const detail::Channel& in = channel();
  in.check_readable();
  return in.poll(detail::Deadline(timeout));
}

native_handle Connection::fileno() const {
  return channel().fileno();
}

void Connection::close() noexcept {
  if (channel_) {
    channel_->close();
  }
}

bool Connection::closed() const noexcept {
  return !channel_ || channel_->closed();
}

bool Connection::readable() const noexcept {
  return channel_ && channel_->readable();
}

bool Connection::writable() const noexcept {
  return channel_ && channel_->writable();
}

void Connection::send_message(serial::Outgoing message) {
  detail::Channel& out = channel();
  out.check_writable();
  detail::send_object(out, message);
  message.claims.mark_sent();
}

Message Connection::recv_message() {
  detail::Channel& in = channel();
  in.check_readable();
  return detail::receive_object(in);
}

std::pair<Connection, Connection> Pipe(const PipeOptions& options) {
  // Children that are forked before handles are first sent through the pipe must know the key
  // under which resource_sharer gives them out.
  static_cast<void>(detail::current_authkey());
  if (options.shared) {
    auto [first, second] = detail::SharedChannel::make_pair(options.duplex);
    return {Connection(std::move(first)), Connection(std::move(second))};
  }
  if (options.duplex) {
    auto [first, second] = platform::make_message_sockets(socket_room);
    return {Connection(std::move(first)), Connection(std::move(second))};
  }
  platform::Pipe pipe = platform::make_pipe(platform::PipeEnd::read);
  return {Connection(std::move(pipe.read_end), true, false),
          Connection(std::move(pipe.write_end), false, true)};
}

std::pair<Connection, Connection> Pipe(bool duplex) {
  return Pipe({.duplex = duplex});
}

}  // namespace progeny::multiprocessing::connection

namespace progeny::serial {

using multiprocessing::Connection;

void Codec<Connection>::save(Writer& writer, const Connection& value) {
  const multiprocessing::detail::Channel& channel = value.channel();
  writer.write(channel.is_shared());
  channel.save(writer);
}

Connection Codec<Connection>::load(Reader& reader) {
  const bool shared = reader.read<bool>();
  Handle handle = reader.take_handle(reader.read<std::uint32_t>());
  const bool readable = reader.read<bool>();
  const bool writable = reader.read<bool>();
  if (!handle || (!readable && !writable)) {
    reader.fail("a connection that goes in no direction");
  }
  if (shared) {
    return Connection(multiprocessing::detail::SharedChannel::load(
        reader, std::move(handle), readable, writable));
  }
  return Connection(std::move(handle), readable, writable);
}

}  // namespace progeny::serial
