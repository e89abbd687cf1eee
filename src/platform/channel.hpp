#pragma once

// Streams of bytes, and of packets, between two ends; and the handles that may go beside them.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::platform {

/// What a handle of an open channel is.
enum class ChannelKind : std::uint8_t {
  pipe,           ///< One way, bytes.
  packet_pipe,    ///< One way; one write, up to `largest_packet_of_pipe`, is one read.
  local_socket,   ///< Both ways, bytes; carries handles.
  packet_socket,  ///< Both ways; one write is one read; carries handles.
  other_socket,   ///< Both ways, bytes.
};

/// Most bytes that stay together in a packet pipe.
inline constexpr std::size_t largest_packet_of_pipe = 4096;
/// Bytes of a packet that every packet socket takes as one.
inline constexpr std::size_t largest_packet_of_socket = 65536;

/// Most handles that can go beside one write.
inline constexpr std::size_t most_handles_in_message = 253;

/// Of a handle that somebody else has opened: a socket, or else a pipe.
[[nodiscard]] ChannelKind kind_of_channel(native_handle handle) noexcept;

/// The two ends of a `packet_socket` without a name. Throws OSError.
[[nodiscard]] std::pair<Handle, Handle> make_packet_sockets();
/// The reading and the writing end of a `packet_pipe`. Throws OSError.
[[nodiscard]] std::pair<Handle, Handle> make_packet_pipe();

/// Writes `head` and then `body` with as few calls as it takes, waiting for room, with `handles`
/// beside the first byte (sockets of this machine only). A packet channel takes it as one packet.
/// Never raises a signal.
[[nodiscard]] std::error_code write_all(native_handle handle,
                                        ChannelKind kind,
                                        std::string_view head,
                                        std::string_view body,
                                        std::span<const native_handle> handles = {}) noexcept;

/// What one read gave.
struct ChannelRead {
  std::size_t count = 0;  ///< Bytes; 0 without an error is the end.
  std::error_code error{};
};

/// Reads what is there, or one packet, waiting for it. Handles that came with it are added to
/// `handles`; if null, they are closed.
[[nodiscard]] ChannelRead read_channel(native_handle handle,
                                       ChannelKind kind,
                                       std::span<char> space,
                                       std::vector<Handle>* handles);

}  // namespace progeny::platform
