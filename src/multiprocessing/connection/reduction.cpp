#include <progeny/multiprocessing/reduction.hpp>

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/shared_channel.hpp"
#include "multiprocessing/stoppable.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <fmt/core.h>

#include <cstddef>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::reduction {

namespace {

// Handles travel beside one byte: their number modulo 256, as in Python.
constexpr std::size_t count_modulus = 256;

void check_count(std::size_t came, std::size_t sent_modulo, std::size_t expected) {
  if (came % count_modulus != sent_modulo || came != expected) {
    throw RuntimeError(
        fmt::format("{} handles came, where {} were expected and {} (modulo 256) were sent",
                    came,
                    expected,
                    sent_modulo));
  }
}

constexpr char acknowledgement = 'A';

// Waits as `options` say. A limit that passes is a TimeoutError.
template <class Wait>
auto limited(const char* call, const PassingOptions& options, const Wait& wait) {
  try {
    return detail::stoppable(call, options.stop, options.timeout, wait);
  } catch (const OSError& error) {
    if (error.code() == std::errc::timed_out) {
      throw TimeoutError(
          fmt::format("{}: {} seconds have passed", call, seconds_text(options.timeout.limit())));
    }
    throw;
  }
}

std::size_t count_of(const platform::IoResult& result, const char* call) {
  if (result.error) {
    throw OSError(result.error, call);
  }
  return result.count;
}

void await_acknowledgement(native_handle socket, const detail::Deadline& deadline) {
  char answer = 0;
  const auto kind = platform::transport_kind(socket);
  const auto result = platform::receive_some(socket, kind, {&answer, 1}, deadline);
  if (count_of(result, "recv") == 0) {
    throw EOFError("the other end of the socket was closed before it confirmed the handles");
  }
  if (answer != acknowledgement) {
    throw RuntimeError("something else came than the confirmation of the handles that were sent");
  }
}

void send_all(native_handle socket,
              std::span<const native_handle> handles,
              bool acknowledge,
              const detail::Deadline& deadline) {
  const auto count = static_cast<char>(handles.size() % count_modulus);
  static_cast<void>(
      count_of(platform::send_with_handles(socket, {&count, 1}, handles, deadline), "sendmsg"));
  if (acknowledge) {
    await_acknowledgement(socket, deadline);
  }
}

std::vector<Handle> checked(platform::ReceivedHandles received, char count, std::size_t expected) {
  if (received.truncated) {
    throw OSError(std::make_error_code(std::errc::too_many_files_open), "recvmsg");
  }
  check_count(received.handles.size(), static_cast<unsigned char>(count), expected);
  return std::move(received.handles);
}

std::vector<Handle> receive_all(native_handle socket,
                                std::size_t size,
                                bool acknowledge,
                                const detail::Deadline& deadline) {
  char count = 0;
  platform::ReceivedHandles received;
  const auto result = platform::receive_with_handles(socket, {&count, 1}, received, deadline);
  if (count_of(result, "recvmsg") == 0 && received.handles.empty()) {
    throw EOFError("the other end of the socket is closed");
  }
  if (acknowledge) {
    const auto kind = platform::transport_kind(socket);
    static_cast<void>(
        count_of(platform::send_some(socket, kind, {&acknowledgement, 1}, deadline), "send"));
  }
  return checked(std::move(received), count, size);
}

// The channel of a shared pipe, which has no socket that others may use; else null.
detail::SharedChannel* shared_channel(const Connection& connection) {
  return dynamic_cast<detail::SharedChannel*>(&detail::ConnectionAccess::channel(connection));
}

// A socket that takes handles beside the bytes.
native_handle local_socket(const Connection& connection, const char* call) {
  const native_handle socket = connection.fileno();
  if (!platform::passes_handles(platform::transport_kind(socket))) {
    throw OSError(
        std::make_error_code(std::errc::operation_not_supported),
        fmt::format("{}: the connection is no local socket, so no handle can pass", call));
  }
  return socket;
}

}  // namespace

void sendfds(native_handle socket,
             std::span<const native_handle> handles,
             const PassingOptions& options) {
  const std::size_t most = platform::most_handles_at_once();
  if (handles.size() > most) {
    throw ValueError(fmt::format("{} handles: {} can be sent at once", handles.size(), most));
  }
  limited("sendfds", options, [&](const detail::Deadline& deadline) {
    send_all(socket, handles, options.acknowledge, deadline);
  });
}

std::vector<Handle> recvfds(native_handle socket, std::size_t size, const PassingOptions& options) {
  return limited("recvfds", options, [&](const detail::Deadline& deadline) {
    return receive_all(socket, size, options.acknowledge, deadline);
  });
}

void send_handle(const Connection& connection,
                 native_handle handle,
                 int /*destination_pid*/,
                 const PassingOptions& options) {
  if (detail::SharedChannel* const shared = shared_channel(connection)) {
    shared->directions().check_writable();
    limited("send_handle", options, [&](const detail::Deadline& deadline) {
      shared->send({.body = "\1", .handles = {&handle, 1}}, deadline);
    });
  } else {
    sendfds(local_socket(connection, "send_handle"), {&handle, 1}, options);
  }
}

Handle recv_handle(const Connection& connection, const PassingOptions& options) {
  if (detail::SharedChannel* const shared = shared_channel(connection)) {
    shared->directions().check_readable();
    platform::ReceivedHandles received;
    const std::string count =
        limited("recv_handle", options, [&](const detail::Deadline& deadline) {
          return shared->receive(1, deadline, &received);
        });
    return std::move(checked(std::move(received), count.empty() ? '\0' : count.front(), 1).front());
  }
  return std::move(recvfds(local_socket(connection, "recv_handle"), 1, options).front());
}

}  // namespace progeny::multiprocessing::reduction
