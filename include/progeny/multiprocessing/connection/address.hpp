#pragma once

// Where a Listener listens.

#include <progeny/export.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace progeny::multiprocessing::connection {

/// The kinds of addresses. Python: the strings `AF_INET`, `AF_UNIX` and `AF_PIPE`.
enum class Family : std::uint8_t {
  inet,         ///< Host and port, IP version 4.
  inet6,        ///< Host and port, IP version 6. Past Python.
  unix_socket,  ///< A path, or on Linux a name that begins with NUL. Not on Windows.
  named_pipe,   ///< `\\.\pipe\name`. Windows only.
};

/// An address: a path, or a host and a port.
///
/// Made where one is asked for: `Client("/run/worker")`, `Client({"localhost", 6000})`.
class PROGENY_EXPORT Address {
 public:
  /// A path of a socket; with a leading NUL a Linux name without a file, which only a std::string
  /// can hold; with leading `\\` a Windows pipe.
  // NOLINTNEXTLINE(google-explicit-constructor): a place where an address is asked for says so.
  Address(std::string path);
  /// The same, for literals.
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  Address(const char* path);
  /// A host and a port. An IP version 6 host is known by its colons. To listen, an empty host means
  /// every address of the machine, and port 0 any free port.
  /// - Throws: `ValueError` for a port that is not in 0 to 65535.
  Address(std::string host, int port);

  /// What kind it is, by its form.
  [[nodiscard]] Family family() const noexcept { return family_; }
  /// The path; empty for a host and port, and for a client that has no name.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// The host; empty for a path.
  [[nodiscard]] const std::string& host() const noexcept { return host_; }
  /// The port; 0 for a path.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Whether both are of one kind and the same in it, letter by letter.
  bool operator==(const Address&) const = default;

 private:
  Family family_;
  std::string path_ = {};
  std::string host_ = {};
  std::uint16_t port_ = 0;
};

/// `127.0.0.1:6000`, `[::1]:6000`, a path, or `@name` for a name without a file.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Address& address);
/// Prints what `to_string` says.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Address& address);

}  // namespace progeny::multiprocessing::connection
