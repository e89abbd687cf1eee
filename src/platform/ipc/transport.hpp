#pragma once

// Moving bytes through a socket or a pipe that may belong to others as well. A parent, a library or
// a Python process may have made it non-blocking, and other processes may read and write it too.

#include "base/deadline.hpp"
#include "platform/io/descriptor.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace progeny::platform {

/// How bytes and handles pass through a handle.
enum class TransportKind : std::uint8_t {
  pipe,            ///< Bytes one way. Everything that is not a socket counts as a pipe.
  local_socket,    ///< Bytes both ways, within this machine. Handles can be passed.
  packet_socket,   ///< As a local socket, in packets. A receiver loses what it has no room for.
  network_socket,  ///< Bytes both ways, perhaps to another machine.
};

/// A size of packets that every packet socket takes: 64 KiB, and what encoding and framing add.
inline constexpr std::size_t largest_packet = (std::size_t{64} << 10) + 512;

/// Whether handles can be passed beside the bytes.
[[nodiscard]] constexpr bool passes_handles(TransportKind kind) noexcept {
  return kind == TransportKind::local_socket || kind == TransportKind::packet_socket;
}

/// Asks the system. A handle that is not open counts as a pipe: the first transfer reports it.
[[nodiscard]] TransportKind transport_kind(native_handle handle) noexcept;

/// Waits until something can be sent, or nobody can receive any more.
/// - Returns: false once the deadline has passed.
[[nodiscard]] bool is_writable(native_handle handle, const detail::Deadline& deadline);

/// Receives the bytes that are there, and waits for the first one until the deadline. No bytes
/// without an error mean the end of the stream. Retries EINTR.
/// Errors: `timed_out` at the deadline, otherwise the system's.
[[nodiscard]] IoResult receive_some(native_handle handle,
                                    TransportKind kind,
                                    std::span<char> space,
                                    const detail::Deadline& deadline);

/// Sends at least one byte, and waits for room until the deadline. Retries EINTR.
/// Errors: `timed_out` at the deadline, `broken_pipe` (and no signal) if nobody can receive any
/// more, otherwise the system's.
[[nodiscard]] IoResult send_some(native_handle handle,
                                 TransportKind kind,
                                 std::string_view bytes,
                                 const detail::Deadline& deadline);

}  // namespace progeny::platform
