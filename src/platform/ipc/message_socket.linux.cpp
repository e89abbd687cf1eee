#include "platform/ipc/message_socket.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/when_ready.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <sys/socket.h>

namespace progeny::platform {

namespace {

// The kernel limits the value to net.core.wmem_max (socket(7)), so there may be less room than
// asked.
void set_room(const Handle& socket, std::size_t capacity) noexcept {
  if (capacity != 0) {
    const auto wanted =
        static_cast<int>(std::min<std::size_t>(capacity, std::numeric_limits<int>::max()));
    static_cast<void>(::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted));
  }
}

}  // namespace

// SOCK_SEQPACKET keeps the bounds and the order of messages (unix(7)).
std::pair<Handle, Handle> make_message_sockets(std::size_t capacity) {
  const ErrnoKeeper keeper;
  std::array<int, 2> ends{};
  checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  Handle second(ends[1]);
  Handle first = new_handle(ends[0], "socketpair");
  second = new_handle(second.release(), "socketpair");
  set_room(first, capacity);
  set_room(second, capacity);
  return {std::move(first), std::move(second)};
}

std::size_t room_to_send(native_handle socket) noexcept {
  const ErrnoKeeper keeper;
  int room = 0;
  socklen_t size = sizeof room;
  const bool is_known = ::getsockopt(socket, SOL_SOCKET, SO_SNDBUF, &room, &size) == 0 && room > 0;
  return is_known ? static_cast<std::size_t>(room) : 0;
}

std::error_code send_message(native_handle socket,
                             std::string_view bytes,
                             std::span<const native_handle> handles) noexcept {
  try {
    if (handles.size() > most_handles_at_once()) {
      return std::make_error_code(std::errc::argument_list_too_long);
    }
    return send_with_handles(socket, bytes, handles, detail::Deadline()).error;
  } catch (const OSError& error) {
    return error.code();
  }
}

std::optional<ReceivedMessage> receive_message(native_handle socket, std::size_t most) {
  std::string bytes(most, '\0');
  ReceivedHandles received;
  const IoResult result = receive_with_handles(socket, bytes, received, detail::Deadline());
  if (result.error) {
    throw OSError(result.error, "recvmsg");
  }
  if (received.truncated) {
    throw OSError(std::make_error_code(std::errc::too_many_files_open), "recvmsg");
  }
  if (result.count == 0) {
    return std::nullopt;
  }
  bytes.resize(result.count);
  return ReceivedMessage{.bytes = std::move(bytes), .handles = std::move(received.handles)};
}

std::optional<std::string> peek_message(native_handle socket, std::size_t most) {
  const ErrnoKeeper keeper;
  std::string bytes(most, '\0');
  const ssize_t count = retry_interrupted(
      past_reset([&] { return ::recv(socket, bytes.data(), bytes.size(), MSG_PEEK); }));
  bytes.resize(static_cast<std::size_t>(checked(count, "recv")));
  return bytes.empty() ? std::nullopt : std::optional(std::move(bytes));
}

}  // namespace progeny::platform
