#include "platform/ipc/socket.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/io/poll.posix.hpp"
#include "platform/ipc/socket_address.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;

template <class Value>
void set_option(int socket, int level, int name, const Value& value) noexcept {
  static_cast<void>(::setsockopt(socket, level, name, &value, sizeof value));
}

Handle new_socket(int family, int flags) {
  return new_handle(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket");
}

// Nagle's algorithm is switched off: it holds back the end of a message to join it with more bytes,
// but our messages go out in as few writes as possible already.
void send_at_once(int socket, int family) noexcept {
  if (family != AF_UNIX) {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  }
}

[[noreturn]] void throw_at(std::string_view call, const Endpoint& where) {
  throw_errno(call, where.family == SocketFamily::local ? where.path : where.host);
}

// How long connect(2) of a local socket may wait for room in the listener's queue. poll(2) cannot
// wait for that, but SO_SNDTIMEO limits it (socket(7)). Zero means "for ever", so the least is 1
// us.
timeval time_to_send(const Deadline& deadline) noexcept {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  using std::chrono::seconds;
  if (deadline.is_never()) {
    return {};
  }
  const auto left = std::max(duration_cast<microseconds>(deadline.remaining()), microseconds(1));
  const auto whole = duration_cast<seconds>(left);
  return {.tv_sec = whole.count(), .tv_usec = (left - whole).count()};
}

// Returns whether the socket got connected before the deadline. If not, errno says why.
bool connect_local(int socket, const SocketAddress& address, const Deadline& deadline) {
  for (;;) {
    set_option(socket, SOL_SOCKET, SO_SNDTIMEO, time_to_send(deadline));
    if (::connect(socket, address.get(), address.size) == 0) {
      set_option(socket, SOL_SOCKET, SO_SNDTIMEO, timeval{});
      return true;
    }
    if (errno == EAGAIN) {
      errno = ETIMEDOUT;
      return false;
    }
    if (errno != EINTR) {
      return false;
    }
  }
}

// A connect(2) that a signal interrupts goes on in the background, and must not be repeated
// (POSIX). So it is always made in the background, and waited for with poll(2).
bool connect_network(int socket, const SocketAddress& address, const Deadline& deadline) {
  const int flags = ::fcntl(socket, F_GETFL);
  ::fcntl(socket, F_SETFL, flags | O_NONBLOCK);
  if (::connect(socket, address.get(), address.size) == -1) {
    if (errno != EINPROGRESS && errno != EINTR) {
      return false;
    }
    std::array entries{pollfd{.fd = socket, .events = POLLOUT, .revents = 0}};
    if (!poll_until(entries, deadline)) {
      errno = ETIMEDOUT;
      return false;
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    if (error != 0) {
      return false;
    }
  }
  ::fcntl(socket, F_SETFL, flags);
  return true;
}

bool connect_one(int socket, const SocketAddress& address, const Deadline& deadline) {
  return address.family() == AF_UNIX ? connect_local(socket, address, deadline)
                                     : connect_network(socket, address, deadline);
}

// Errors after which listening goes on: a client closed while it was in the queue, another process
// took the connection, or accept(2) passes on an error of the network (accept(2)).
bool is_passing(int error) noexcept {
  constexpr std::array passing{EAGAIN, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTUNREACH};
  return std::ranges::find(passing, error) != passing.end();
}

}  // namespace

// The listener is non-blocking: between poll(2) and accept(2) another process that shares it may
// take the connection.
Handle listen_at(const Endpoint& where, int backlog) {
  const ErrnoKeeper keeper;
  const SocketAddress address = resolve(where, true).front();
  Handle socket = new_socket(address.family(), SOCK_NONBLOCK);
  if (address.family() != AF_UNIX) {
    set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  }
  if (::bind(socket.get(), address.get(), address.size) == -1) {
    throw_at("bind", where);
  }
  if (::listen(socket.get(), backlog) == -1) {
    throw_at("listen", where);
  }
  return socket;
}

Endpoint endpoint_of(native_handle socket) {
  const ErrnoKeeper keeper;
  SocketAddress address;
  checked(::getsockname(socket, address.get(), &address.size), "getsockname");
  return endpoint_from(address);
}

std::optional<Accepted> accept_from(native_handle listener, const Deadline& deadline) {
  const ErrnoKeeper keeper;
  for (;;) {
    std::array entries{pollfd{.fd = listener, .events = POLLIN, .revents = 0}};
    if (!poll_until(entries, deadline)) {
      return std::nullopt;
    }
    SocketAddress peer;
    const int socket = retry_interrupted([&] {
      peer.size = sizeof peer.storage;
      return ::accept4(listener, peer.get(), &peer.size, SOCK_CLOEXEC);
    });
    if (socket != -1) {
      Handle owner = new_handle(socket, "accept");
      send_at_once(owner.get(), peer.family());
      return Accepted{.socket = std::move(owner), .peer = endpoint_from(peer)};
    }
    if (!is_passing(errno)) {
      throw_errno("accept");
    }
  }
}

std::optional<Handle> connect_to(const Endpoint& where, const Deadline& deadline) {
  const ErrnoKeeper keeper;
  for (const SocketAddress& address : resolve(where, false)) {
    Handle socket = new_socket(address.family(), 0);
    if (connect_one(socket.get(), address, deadline)) {
      send_at_once(socket.get(), address.family());
      return socket;
    }
  }
  if (deadline.expired() && errno == ETIMEDOUT) {
    return std::nullopt;
  }
  throw_at("connect", where);
}

bool peer_is_same_user(native_handle socket) noexcept {
  const ErrnoKeeper keeper;
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::geteuid();
}

Handle duplicate(native_handle handle) {
  const ErrnoKeeper keeper;
  return Handle(checked(::fcntl(handle, F_DUPFD_CLOEXEC, first_free_number), "dup"));
}

}  // namespace progeny::platform
