#pragma once

// Handles over sockets: Python's `multiprocessing.reduction`. The bytes are Python's, so handles
// travel between a Python process and this one as well.

#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace progeny::multiprocessing::reduction {

using resource_sharer::DupFd;

/// Sends handles over a local socket. They stay the caller's.
/// - Python: `sendfds`.
/// - Throws: `ValueError` for more than 253 handles; `OSError` if they cannot be sent.
/// - Blocks: while the system's buffer is full.
/// - Platforms: POSIX.
PROGENY_EXPORT void sendfds(native_handle socket, std::span<const native_handle> handles);

/// Receives `size` handles that `sendfds` has sent.
/// - Python: `recvfds`. Differs: `size` is the exact number there must be, not the largest.
/// - Returns: the handles, in the order in which they were sent.
/// - Throws: `EOFError` if the peer has closed its end; `RuntimeError` if the number that came is
///   not the number sent, or not `size`; `OSError` for other failures, as when this process cannot
///   open so many. None stays open then.
/// - Blocks: until they come, or the peer closes its end.
/// - Platforms: POSIX.
[[nodiscard]] PROGENY_EXPORT std::vector<Handle> recvfds(native_handle socket, std::size_t size);

/// Sends one handle over a connection that is a local socket, between two messages. The peer has to
/// call `recv_handle`.
/// - Python: `send_handle`.
/// - Throws: `OSError` if the connection is closed, or not a local socket.
/// - Blocks: while the system's buffer is full.
/// - Platforms: POSIX, where `destination_pid` has no effect.
PROGENY_EXPORT void send_handle(const Connection& connection,
                                native_handle handle,
                                int destination_pid = 0);

/// Receives a handle that `send_handle` has sent.
/// - Python: `recv_handle`.
/// - Returns: the handle.
/// - Throws: as `recvfds`.
/// - Blocks: until it comes, or the peer closes its end.
/// - Platforms: POSIX.
[[nodiscard]] PROGENY_EXPORT Handle recv_handle(const Connection& connection);

}  // namespace progeny::multiprocessing::reduction

namespace progeny::multiprocessing {

/// Does nothing: connections can always be sent.
/// - Python: `allow_connection_pickling`.
inline void allow_connection_pickling() noexcept {}

/// Python's second name for `reduction`.
namespace reducer = reduction;

}  // namespace progeny::multiprocessing
