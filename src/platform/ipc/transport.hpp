#pragma once

// Moving bytes through sockets and pipes whose settings belong to somebody else: they may block or
// not, and other processes may share them.

#include "base/deadline.hpp"
#include "platform/io/descriptor.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace progeny::platform {

/// What a handle leads to, as far as that decides how bytes and handles pass through it.
enum class TransportKind : std::uint8_t {
  pipe,           ///< Bytes one way, or anything else that is no socket.
  local_socket,   ///< Bytes both ways; handles can be passed.
  packet_socket,  ///< The same in packets: what one call sent, one call receives, or loses in part.
  network_socket,  ///< Bytes both ways, perhaps to another machine.
};

/// The largest packet that every packet socket takes.
inline constexpr std::size_t largest_packet = std::size_t{64} << 10;

/// Whether handles can be passed.
[[nodiscard]] constexpr bool passes_handles(TransportKind kind) noexcept {
  return kind == TransportKind::local_socket || kind == TransportKind::packet_socket;
}

/// Asks the system. A handle that is not open counts as a pipe: using it will tell.
[[nodiscard]] TransportKind transport_kind(native_handle handle) noexcept;

/// Receives what is there, waiting for the first byte until the deadline, whose passing is
/// `timed_out`. No bytes without an error are the end of the stream. Retries EINTR.
[[nodiscard]] IoResult receive_some(native_handle handle,
                                    TransportKind kind,
                                    std::span<char> space,
                                    const detail::Deadline& deadline);

/// Sends at least one byte, waiting for room until the deadline, whose passing is `timed_out`. A
/// peer that is gone is `broken_pipe` and no signal. Retries EINTR.
[[nodiscard]] IoResult send_some(native_handle handle,
                                 TransportKind kind,
                                 std::string_view bytes,
                                 const detail::Deadline& deadline);

}  // namespace progeny::platform
