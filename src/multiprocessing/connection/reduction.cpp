#include <progeny/multiprocessing/reduction.hpp>

#include "multiprocessing/channel/channel.hpp"
#include "platform/ipc/handle_passing.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>

#include <fmt/core.h>

#include <array>
#include <cstddef>
#include <span>
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

}  // namespace

void sendfds(native_handle socket, std::span<const native_handle> handles) {
  const std::size_t most = platform::most_handles_at_once();
  if (handles.size() > most) {
    throw ValueError(fmt::format("{} handles: {} can be sent at once", handles.size(), most));
  }
  const auto count = static_cast<char>(handles.size() % count_modulus);
  const auto result = platform::send_with_handles(socket, {&count, 1}, handles, detail::never());
  if (result.error) {
    throw OSError(result.error, "sendmsg");
  }
}

std::vector<Handle> recvfds(native_handle socket, std::size_t size) {
  std::array<char, 1> count{};
  platform::ReceivedHandles received;
  const auto result = platform::receive_with_handles(socket, count, received, detail::never());
  if (result.error) {
    throw OSError(result.error, "recvmsg");
  }
  if (result.count == 0 && received.handles.empty()) {
    throw EOFError("the other end of the socket is closed");
  }
  if (received.truncated) {
    throw OSError(std::make_error_code(std::errc::too_many_files_open), "recvmsg");
  }
  check_count(received.handles.size(), static_cast<unsigned char>(count.front()), size);
  return std::move(received.handles);
}

void send_handle(const Connection& connection, native_handle handle, int /*destination_pid*/) {
  sendfds(connection.fileno(), {&handle, 1});
}

Handle recv_handle(const Connection& connection) {
  return std::move(recvfds(connection.fileno(), 1).front());
}

}  // namespace progeny::multiprocessing::reduction
