#include <progeny/multiprocessing/connection/connection.hpp>

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/make_channel.hpp"
#include "multiprocessing/channel/shared_channel.hpp"
#include "multiprocessing/connection/named_errors.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/stoppable.hpp"
#include "platform/io/pipe.hpp"
#include "platform/ipc/message_socket.hpp"

#include <progeny/base/bytes.hpp>
#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::connection {

namespace {

using detail::ConnectionAccess;

// More than a local socket usually has, so that sender and receiver of a large message take fewer
// turns. Room costs no memory before bytes are sent.
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
  return maxlength ? static_cast<std::uint64_t>(*maxlength) : detail::any_length;
}

}  // namespace

Connection::Connection(Handle handle, bool readable, bool writable) {
  if (!handle || handle.get() < native_handle()) {
    throw ValueError("a connection needs a handle, and was given none");
  }
  if (!readable && !writable) {
    throw ValueError("a connection must be readable or writable");
  }
  channel_ = detail::make_channel(std::move(handle), {.readable = readable, .writable = writable});
  is_with_stranger_ = channel_->handle_passing() == detail::HandlePassing::impossible;
}

Connection::Connection(std::unique_ptr<detail::Channel> channel,
                       bool is_with_stranger,
                       std::string name) noexcept
    : channel_(std::move(channel)), is_with_stranger_(is_with_stranger), name_(std::move(name)) {}

Connection::Connection(Connection&& other) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept = default;
Connection::~Connection() = default;

void Connection::send_bytes(BytesView bytes,
                            std::ptrdiff_t offset,
                            std::optional<std::ptrdiff_t> size,
                            const std::stop_token& stop) {
  detail::with_name(*this, [&] {
    detail::Channel& out = ConnectionAccess::channel(*this);
    out.directions().check_writable();
    const std::string_view body = checked_part(bytes.text(), offset, size);
    detail::stoppable("send_bytes", stop, {}, [&](const detail::Deadline& deadline) {
      out.send({.body = body}, deadline);
    });
  });
}

std::string Connection::recv_bytes(std::optional<std::ptrdiff_t> maxlength,
                                   const std::stop_token& stop) {
  return detail::with_name(*this, [&] {
    detail::Channel& in = ConnectionAccess::channel(*this);
    in.directions().check_readable();
    const std::uint64_t most = checked_maxlength(maxlength);
    return detail::stoppable("recv_bytes", stop, {}, [&](const detail::Deadline& deadline) {
      return in.receive(most, deadline, nullptr);
    });
  });
}

std::size_t Connection::recv_bytes_into(std::span<std::byte> buffer,
                                        std::ptrdiff_t offset,
                                        const std::stop_token& stop) {
  return detail::with_name(*this, [&] {
    detail::Channel& in = ConnectionAccess::channel(*this);
    in.directions().check_readable();
    const std::span<std::byte> room = buffer.subspan(checked_offset(offset, buffer.size()));
    const std::span<char> space(reinterpret_cast<char*>(room.data()), room.size());
    return detail::stoppable("recv_bytes_into", stop, {}, [&](const detail::Deadline& deadline) {
      return in.receive_into(space, deadline);
    });
  });
}

bool Connection::poll(const Timeout& timeout, const std::stop_token& stop) const {
  return detail::with_name(*this, [&] {
    const detail::Channel& in = ConnectionAccess::channel(*this);
    in.directions().check_readable();
    return detail::stoppable(
        "poll", stop, timeout, [&](const detail::Deadline& deadline) { return in.poll(deadline); });
  });
}

native_handle Connection::fileno() const {
  return detail::with_name(*this, [&] { return ConnectionAccess::channel(*this).fileno(); });
}

void Connection::close() noexcept {
  if (channel_) {
    channel_->close();
  }
}

bool Connection::closed() const noexcept {
  return !channel_ || channel_->directions().closed;
}

bool Connection::readable() const noexcept {
  return channel_ && channel_->directions().readable;
}

bool Connection::writable() const noexcept {
  return channel_ && channel_->directions().writable;
}

std::pair<Connection, Connection> Pipe(const PipeOptions& options) {
  // Makes the key of this process now. A child that is forked before the first handle goes through
  // the pipe then has the same key, without which resource_sharer gives it no handle.
  static_cast<void>(detail::current_authkey());
  if (options.shared) {
    auto [first, second] = detail::SharedChannel::make_pair(options.duplex);
    return {ConnectionAccess::make(std::move(first)), ConnectionAccess::make(std::move(second))};
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

namespace progeny::multiprocessing::detail {

Connection ConnectionAccess::make(std::unique_ptr<Channel> channel) noexcept {
  return {std::move(channel), false, {}};
}

Connection ConnectionAccess::make_with_stranger(std::unique_ptr<Channel> channel,
                                                std::string name) noexcept {
  return {std::move(channel), true, std::move(name)};
}

std::string ConnectionAccess::name(const Connection& connection) {
  if (!connection.name_.empty()) {
    return connection.name_;
  }
  if (connection.closed()) {
    return "a connection";
  }
  // A shared pipe makes its handle when it is first asked for, and is slower from then on.
  if (dynamic_cast<const SharedChannel*>(connection.channel_.get()) != nullptr) {
    return "a shared pipe";
  }
  return fmt::format("the connection by handle {}", connection.channel_->fileno());
}

bool ConnectionAccess::is_with_stranger(const Connection& connection) noexcept {
  return connection.is_with_stranger_;
}

Channel& ConnectionAccess::channel(const Connection& connection) {
  if (!connection.channel_) {
    throw_os_error(std::errc::bad_file_descriptor, "handle is closed");
  }
  connection.channel_->directions().check_open();
  return *connection.channel_;
}

}  // namespace progeny::multiprocessing::detail

namespace progeny::serial {

using multiprocessing::Connection;
using multiprocessing::detail::ConnectionAccess;

void Codec<Connection>::save(Writer& writer, const Connection& value) {
  multiprocessing::detail::with_name(value, [&] { ConnectionAccess::channel(value).save(writer); });
  writer.write(ConnectionAccess::is_with_stranger(value));
}

Connection Codec<Connection>::load(Reader& reader) {
  auto channel = multiprocessing::detail::load_channel(reader);
  return reader.read<bool>() ? ConnectionAccess::make_with_stranger(std::move(channel), {})
                             : ConnectionAccess::make(std::move(channel));
}

}  // namespace progeny::serial
