#pragma once

// Handles over sockets: Python's `multiprocessing.reduction`. The bytes are Python's, so that
// descriptors travel between a Python process and this one as well.

#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace progeny::multiprocessing::reduction {

using resource_sharer::DupFd;

/// Sends handles over a local socket; they stay the caller's.
/// - Python: `sendfds`.
/// - Throws: `OSError`; `ValueError` for more than 253.
/// - Platforms: POSIX.
PROGENY_EXPORT void sendfds(native_handle socket, std::span<const native_handle> handles);

/// Receives handles that `sendfds` has sent, in their order.
/// - Python: `recvfds`, where `size` is the most that may come; here exactly as many must.
/// - Throws: `EOFError` if the other side has closed; `RuntimeError` if another number came than
///   was sent or is expected; `OSError`, as when this process cannot open so many. None is left
///   open.
/// - Platforms: POSIX.
[[nodiscard]] PROGENY_EXPORT std::vector<Handle> recvfds(native_handle socket, std::size_t size);

/// Sends one handle over a connection that is a local socket. Between messages, to a side that
/// calls `recv_handle`. `destination_pid` is of use on Windows only.
/// - Python: `send_handle`.
PROGENY_EXPORT void send_handle(const Connection& connection,
                                native_handle handle,
                                int destination_pid = 0);

/// Receives it. Python: `recv_handle`.
[[nodiscard]] PROGENY_EXPORT Handle recv_handle(const Connection& connection);

}  // namespace progeny::multiprocessing::reduction

namespace progeny::multiprocessing {

/// Does nothing: connections can always be sent. Python: `allow_connection_pickling`.
inline void allow_connection_pickling() noexcept {}

/// Python's other name of `reduction`.
namespace reducer = reduction;

}  // namespace progeny::multiprocessing
