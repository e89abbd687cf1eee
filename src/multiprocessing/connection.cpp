#include <progeny/multiprocessing/connection.hpp>

#include "multiprocessing/connection_core.hpp"
#include "platform/descriptor.hpp"
#include "platform/ready.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace progeny::multiprocessing {

namespace {

using detail::ConnectionCore;
using platform::ChannelKind;

ConnectionCore& require(ConnectionCore& core, bool fact, const char* what) {
  if (core.handle() == Handle::none()) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "handle is closed");
  }
  if (!fact) {
    throw OSError(std::make_error_code(std::errc::operation_not_permitted), what);
  }
  return core;
}

ConnectionCore& reader(ConnectionCore& core) {
  return require(core, core.readable(), "connection is write-only");
}

ConnectionCore& writer(ConnectionCore& core) {
  return require(core, core.writable(), "connection is read-only");
}

std::string_view part_of(BytesView bytes,
                         std::ptrdiff_t offset,
                         std::optional<std::ptrdiff_t> size) {
  const auto whole = static_cast<std::ptrdiff_t>(bytes.size());
  if (offset < 0 || offset > whole) {
    throw ValueError(fmt::format("offset {} is not in the {} bytes", offset, whole));
  }
  const std::ptrdiff_t wanted = size.value_or(whole - offset);
  if (wanted < 0 || wanted > whole - offset) {
    throw ValueError(
        fmt::format("{} bytes from {} on are not in the {} bytes", wanted, offset, whole));
  }
  return bytes.text().substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(wanted));
}

std::uint64_t limit_of(std::optional<std::ptrdiff_t> maxlength) {
  if (maxlength && *maxlength < 0) {
    throw ValueError("negative maxlength");
  }
  return maxlength ? static_cast<std::uint64_t>(*maxlength) : detail::no_limit;
}

std::unique_ptr<ConnectionCore> core_over(Handle handle, bool readable, bool writable) {
  if (!handle || !platform::is_open(handle.get())) {
    throw ValueError("invalid handle");
  }
  if (!readable && !writable) {
    throw ValueError("at least one of readable and writable must be true");
  }
  const auto kind = platform::kind_of_channel(handle.get());
  return std::make_unique<ConnectionCore>(std::move(handle), kind, readable, writable);
}

}  // namespace

Connection::Connection(Handle handle, bool readable, bool writable)
    : core_(core_over(std::move(handle), readable, writable)) {}

Connection::Connection(std::unique_ptr<ConnectionCore> core) noexcept : core_(std::move(core)) {}
Connection::Connection(Connection&& other) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept = default;
Connection::~Connection() = default;

ConnectionCore& Connection::core() const {
  if (!core_) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "handle is closed");
  }
  return *core_;
}

void Connection::send_message(const serial::Outgoing& message) {
  auto& core = writer(this->core());
  if (!message.handles.empty() && !core.carries_handles()) {
    throw RuntimeError(
        "a kernel object can only be sent over a local connection: one that Pipe(true) has made, "
        "or "
        "one of the family AF_UNIX");
  }
  if (message.handles.size() > platform::most_handles_in_message) {
    throw ValueError(fmt::format("a message can carry {} kernel objects, not {}",
                                 platform::most_handles_in_message,
                                 message.handles.size()));
  }
  core.send(message.bytes, message.handles);
}

Connection::Received Connection::receive_message() {
  Received received;
  received.bytes = reader(core()).receive(detail::no_limit, &received.handles);
  return received;
}

void Connection::send_bytes(BytesView bytes,
                            std::ptrdiff_t offset,
                            std::optional<std::ptrdiff_t> size) {
  writer(core()).send(part_of(bytes, offset, size));
}

std::string Connection::recv_bytes(std::optional<std::ptrdiff_t> maxlength) {
  return reader(core()).receive(limit_of(maxlength), nullptr);
}

std::size_t Connection::recv_bytes_into(std::span<char> space, std::ptrdiff_t offset) {
  auto& core = reader(this->core());
  if (offset < 0 || static_cast<std::size_t>(offset) > space.size()) {
    throw ValueError(fmt::format("offset {} is not in the {} bytes", offset, space.size()));
  }
  auto message = core.receive(detail::no_limit, nullptr);
  const auto room = space.subspan(static_cast<std::size_t>(offset));
  if (message.size() > room.size()) {
    throw BufferTooShort(std::move(message));
  }
  if (!message.empty()) {
    std::memcpy(room.data(), message.data(), message.size());
  }
  return message.size();
}

bool Connection::poll(Timeout timeout) {
  return reader(core()).poll(timeout);
}

native_handle Connection::fileno() const {
  return require(core(), true, "").handle();
}

void Connection::close() noexcept {
  core_.reset();
}

bool Connection::readable() const noexcept {
  return core_ && core_->readable();
}

bool Connection::writable() const noexcept {
  return core_ && core_->writable();
}

std::pair<Connection, Connection> Pipe(bool duplex) {
  const auto kind = duplex ? ChannelKind::packet_socket : ChannelKind::packet_pipe;
  auto [first, second] = duplex ? platform::make_packet_sockets() : platform::make_packet_pipe();
  return {Connection(std::make_unique<ConnectionCore>(std::move(first), kind, true, duplex)),
          Connection(std::make_unique<ConnectionCore>(std::move(second), kind, duplex, true))};
}

std::vector<connection::Waitable> connection::wait(const std::vector<Waitable>& objects,
                                                   Timeout timeout) {
  std::vector<native_handle> handles;
  handles.reserve(objects.size());
  for (const Waitable& object : objects) {
    handles.push_back(object.handle());
  }
  std::vector<Waitable> ready;
  for (const std::size_t index :
       platform::wait_all_readable(handles, progeny::detail::Deadline(timeout))) {
    ready.push_back(objects[index]);
  }
  return ready;
}

}  // namespace progeny::multiprocessing

namespace progeny::serial {

using multiprocessing::Connection;

namespace {

struct Facts {
  std::uint8_t kind = 0;
  bool readable = false;
  bool writable = false;
};

}  // namespace

void Codec<Connection>::save(Writer& writer, const Connection& connection) {
  const auto& core = connection.core();
  writer.put_handle(connection.fileno());
  save_value(writer,
             Facts{static_cast<std::uint8_t>(core.kind()), core.readable(), core.writable()});
}

Connection Codec<Connection>::load(Reader& reader) {
  Handle handle = reader.take_handle();
  const auto facts = load_value<Facts>(reader);
  if (facts.kind > static_cast<std::uint8_t>(platform::ChannelKind::other_socket)) {
    reader.fail("there is no such kind of connection");
  }
  return Connection(std::make_unique<multiprocessing::detail::ConnectionCore>(
      std::move(handle),
      static_cast<platform::ChannelKind>(facts.kind),
      facts.readable,
      facts.writable));
}

}  // namespace progeny::serial
