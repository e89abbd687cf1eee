#pragma once

// Addresses of listeners: paths, and hosts with ports.

#include <progeny/export.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace progeny::multiprocessing::connection {

/// The kinds of addresses.
/// - Python: the strings `AF_INET`, `AF_UNIX` and `AF_PIPE`.
enum class Family : std::uint8_t {
  inet,         ///< Host and port, IP version 4.
  inet6,        ///< Host and port, IP version 6. Python has no name for it.
  unix_socket,  ///< A path, or on Linux a name that begins with NUL. Not on Windows.
  named_pipe,   ///< `\\.\pipe\name`. Windows only.
};

/// An address: a path, or a host and a port.
///
/// Converts from both where a function takes an address: `Client("/run/worker")`,
/// `Client({"localhost", 6000})`.
/// - Python: a string, or a pair of a string and a number.
class PROGENY_EXPORT Address {
 public:
  /// The path of a socket. A leading NUL, which only a std::string can hold, makes it a Linux name
  /// without a file. Leading `\\` make it a Windows pipe.
  // NOLINTNEXTLINE(google-explicit-constructor): the parameter's type says what the text means.
  Address(std::string path);
  /// The same, for literals.
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  Address(const char* path);
  /// A host and a port. A host with a colon in it is of IP version 6. For a listener, an empty host
  /// means every address of the machine, and port 0 any free port.
  /// - Throws: `ValueError` for a port that is not in 0 to 65535.
  Address(std::string host, int port);

  /// The kind, which follows from the form.
  [[nodiscard]] Family family() const noexcept { return family_; }
  /// The path; empty for a host and port, and for a client that has no name.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// The host; empty for a path.
  [[nodiscard]] const std::string& host() const noexcept { return host_; }
  /// The port; 0 for a path.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Whether both have the same kind and the same text. Names are not looked up.
  bool operator==(const Address&) const = default;

 private:
  Family family_;
  std::string path_ = {};
  std::string host_ = {};
  std::uint16_t port_ = 0;
};

/// `127.0.0.1:6000`, `[::1]:6000`, a path, or `@name` for a name without a file.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Address& address);
/// Prints `to_string(address)`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Address& address);

}  // namespace progeny::multiprocessing::connection
