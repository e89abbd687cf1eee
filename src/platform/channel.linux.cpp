#include "platform/channel.hpp"

#include "platform/handles_beside.posix.hpp"
#include "platform/poll.posix.hpp"
#include "platform/posix_call.hpp"
#include "platform/quiet_write.posix.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

bool is_pipe(ChannelKind kind) noexcept {
  return kind == ChannelKind::pipe || kind == ChannelKind::packet_pipe;
}

// Somebody else may have made the handle non-blocking, which is a property of the open file.
bool wait_if_unready(native_handle handle, short events) noexcept {
  if (errno != EAGAIN) {
    return false;
  }
  try {
    std::array entry{pollfd{.fd = handle, .events = events, .revents = 0}};
    return poll_until(entry, detail::Deadline());
  } catch (...) {
    return false;
  }
}

ssize_t write_to_pipe(native_handle handle, std::string_view head, std::string_view body) noexcept {
  if (head.empty()) {
    return quiet_write(handle, body);
  }
  // Together, so that a small message is one write, which other writers cannot cut (pipe(7)).
  std::array<char, largest_packet_of_pipe> together;
  const std::size_t of_body = std::min(body.size(), together.size() - head.size());
  std::memcpy(together.data(), head.data(), head.size());
  std::memcpy(together.data() + head.size(), body.data(), of_body);
  return quiet_write(handle, {together.data(), head.size() + of_body});
}

ssize_t write_to_socket(native_handle handle,
                        std::string_view head,
                        std::string_view body,
                        std::span<const native_handle> handles) noexcept {
  // sendmsg does not modify what it is given; iovec just serves both directions.
  // NOLINTBEGIN(cppcoreguidelines-pro-type-const-cast): see above.
  std::array parts{iovec{.iov_base = const_cast<char*>(head.data()), .iov_len = head.size()},
                   iovec{.iov_base = const_cast<char*>(body.data()), .iov_len = body.size()}};
  // NOLINTEND(cppcoreguidelines-pro-type-const-cast)
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  HandleSpace space;
  attach_handles(message, space, handles);
  return retry_interrupted([&] { return ::sendmsg(handle, &message, MSG_NOSIGNAL); });
}

void drop_front(std::string_view& head, std::string_view& body, std::size_t count) noexcept {
  const std::size_t of_head = std::min(count, head.size());
  head.remove_prefix(of_head);
  body.remove_prefix(count - of_head);
}

}  // namespace

ChannelKind kind_of_channel(native_handle handle) noexcept {
  const ErrnoKeeper keeper;
  int family = 0;
  socklen_t size = sizeof family;
  if (::getsockopt(handle, SOL_SOCKET, SO_DOMAIN, &family, &size) == -1) {
    return ChannelKind::pipe;
  }
  return family == AF_UNIX ? ChannelKind::local_socket : ChannelKind::other_socket;
}

std::pair<Handle, Handle> make_packet_sockets() {
  std::array<int, 2> ends{};
  checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {Handle(ends[0]), Handle(ends[1])};
}

// O_DIRECT keeps what was written together together (pipe(2)).
std::pair<Handle, Handle> make_packet_pipe() {
  std::array<int, 2> ends{};
  checked(::pipe2(ends.data(), O_CLOEXEC | O_DIRECT), "pipe");
  return {Handle(ends[0]), Handle(ends[1])};
}

std::error_code write_all(native_handle handle,
                          ChannelKind kind,
                          std::string_view head,
                          std::string_view body,
                          std::span<const native_handle> handles) noexcept {
  const ErrnoKeeper keeper;
  while (!head.empty() || !body.empty()) {
    const ssize_t count = is_pipe(kind) ? write_to_pipe(handle, head, body)
                                        : write_to_socket(handle, head, body, handles);
    if (count >= 0) {
      drop_front(head, body, static_cast<std::size_t>(count));
      handles = {};
    } else if (const auto error = last_error(); !wait_if_unready(handle, POLLOUT)) {
      return error;
    }
  }
  return {};
}

ChannelRead read_channel(native_handle handle,
                         ChannelKind kind,
                         std::span<char> space,
                         std::vector<Handle>* handles) {
  const ErrnoKeeper keeper;
  for (;;) {
    const ssize_t count =
        handles == nullptr || is_pipe(kind)
            ? retry_interrupted([&] { return ::read(handle, space.data(), space.size()); })
            : receive_with_handles(handle, space, *handles);
    if (count >= 0) {
      return {.count = static_cast<std::size_t>(count)};
    }
    if (const auto error = last_error(); !wait_if_unready(handle, POLLIN)) {
      return {.error = error};
    }
  }
}

}  // namespace progeny::platform
