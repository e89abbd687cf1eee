#pragma once

// The other end of a connection, held by a test that writes and reads its bytes by itself.

#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace progeny::testing {

/// A connection whose other end is a plain socket.
struct RawPeer {
  multiprocessing::Connection connection;
  Handle socket;

  /// Writes bytes as they are.
  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return;
      }
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// Reads `size` bytes, or fewer if the stream ends before.
  [[nodiscard]] std::string read(std::size_t size) const {
    std::string bytes(size, '\0');
    const ssize_t count = ::recv(socket.get(), bytes.data(), size, MSG_WAITALL);
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }
};

/// Makes both ends.
[[nodiscard]] inline RawPeer make_raw_peer() {
  std::array<int, 2> ends{};
  static_cast<void>(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()));
  return {.connection = multiprocessing::Connection(Handle(ends[0])), .socket = Handle(ends[1])};
}

/// A message as it crosses the wire, with the short header.
[[nodiscard]] inline std::string frame(std::string_view payload) {
  std::string bytes(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[i] = static_cast<char>(payload.size() >> (8 * (3 - i)) & 0xff);
  }
  return bytes.append(payload);
}

}  // namespace progeny::testing
