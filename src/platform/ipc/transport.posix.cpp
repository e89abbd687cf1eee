#include "platform/ipc/transport.hpp"

#include "base/deadline.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/io/quiet_write.posix.hpp"
#include "platform/ipc/when_ready.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/handle.hpp>

#include <span>
#include <string_view>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// With a deadline the call must not block, even after poll(2) has reported the socket as ready:
// another process that shares the socket may have been faster.
int flags_for(const detail::Deadline& deadline) noexcept {
  return deadline.is_never() ? 0 : MSG_DONTWAIT;
}

}  // namespace

TransportKind transport_kind(native_handle handle) noexcept {
  const ErrnoKeeper keeper;
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) == -1) {
    return TransportKind::pipe;
  }
  if (address.ss_family != AF_UNIX) {
    return TransportKind::network_socket;
  }
  int type = SOCK_STREAM;
  size = sizeof type;
  static_cast<void>(::getsockopt(handle, SOL_SOCKET, SO_TYPE, &type, &size));
  return type == SOCK_SEQPACKET ? TransportKind::packet_socket : TransportKind::local_socket;
}

IoResult receive_some(native_handle handle,
                      TransportKind kind,
                      std::span<char> space,
                      const detail::Deadline& deadline) {
  const auto receive = [&] {
    return ::recv(handle, space.data(), space.size(), flags_for(deadline));
  };
  if (passes_handles(kind)) {
    return when_ready(handle, POLLIN, deadline, past_reset(receive));
  }
  return when_ready(handle, POLLIN, deadline, [&] {
    return kind == TransportKind::pipe ? ::read(handle, space.data(), space.size()) : receive();
  });
}

IoResult send_some(native_handle handle,
                   TransportKind kind,
                   std::string_view bytes,
                   const detail::Deadline& deadline) {
  const auto send = [&] {
    return ::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL | flags_for(deadline));
  };
  if (passes_handles(kind)) {
    return when_ready(handle, POLLOUT, deadline, past_reset(send));
  }
  return when_ready(handle, POLLOUT, deadline, [&] {
    if (kind != TransportKind::pipe) {
      return send();
    }
    return deadline.is_never() ? quiet_write(handle, bytes) : quiet_write_at_once(handle, bytes);
  });
}

}  // namespace progeny::platform
