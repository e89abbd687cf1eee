#pragma once

// Handles over sockets: Python's `multiprocessing.reduction`. The bytes are Python's, so handles
// travel between a Python process and this one as well.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

namespace progeny::multiprocessing::reduction {

using resource_sharer::DupFd;

/// Keyword arguments of the functions below. Python has none of them.
struct PassingOptions {
  /// Whether the receiver confirms the handles by a byte (`A`), for which the sender waits. Both
  /// sides must agree. Python 3.14 and later do so; earlier ones do not.
  bool acknowledge = false;
  /// The longest time to wait, for a peer that stalls. Default: no limit, as in Python.
  Timeout timeout = {};
  /// Ends the wait when a stop is requested.
  std::stop_token stop = {};
};

/// Sends handles over a local socket. They stay the caller's.
/// - Python: `sendfds`.
/// - Throws: `ValueError` for more than 253 handles; `OSError` if they cannot be sent;
///   `RuntimeError` if something else came than the confirmation that `options` ask for, `EOFError`
///   if nothing came; `TimeoutError` or `CancelledError` as `options` say.
/// - Blocks: while the system's buffer is full, and until the confirmation.
/// - Platforms: POSIX.
PROGENY_EXPORT void sendfds(native_handle socket,
                            std::span<const native_handle> handles,
                            const PassingOptions& options = {});

/// Receives `size` handles that `sendfds` has sent.
/// - Python: `recvfds`. Differs: `size` is the exact number there must be, not the largest.
/// - Returns: the handles, in the order in which they were sent.
/// - Throws: `EOFError` if the peer has closed its end; `RuntimeError` if the number that came is
///   not the number sent, or not `size`; `OSError` for other failures, as when this process cannot
///   open so many; `TimeoutError` or `CancelledError` as `options` say. None stays open then.
/// - Blocks: until they come, or the peer closes its end.
/// - Platforms: POSIX.
[[nodiscard]] PROGENY_EXPORT std::vector<Handle> recvfds(native_handle socket,
                                                         std::size_t size,
                                                         const PassingOptions& options = {});

/// Sends one handle over a connection that is a local socket or a shared pipe, between two
/// messages. The peer has to call `recv_handle`.
/// - Python: `send_handle`.
/// - Throws: `OSError` if the connection is closed, or is a simplex pipe or a network's; otherwise
///   as `sendfds`.
/// - Blocks: as `sendfds`. A shared pipe needs no confirmation, and sends none.
/// - Platforms: POSIX, where `destination_pid` has no effect.
PROGENY_EXPORT void send_handle(const Connection& connection,
                                native_handle handle,
                                int destination_pid = 0,
                                const PassingOptions& options = {});

/// Receives a handle that `send_handle` has sent.
/// - Python: `recv_handle`.
/// - Returns: the handle.
/// - Throws: as `recvfds`, and `OSError` as `send_handle`.
/// - Blocks: until it comes, or the peer closes its end.
/// - Platforms: POSIX.
[[nodiscard]] PROGENY_EXPORT Handle recv_handle(const Connection& connection,
                                                const PassingOptions& options = {});

}  // namespace progeny::multiprocessing::reduction

namespace progeny::multiprocessing {

/// Does nothing: connections can always be sent.
/// - Python: `allow_connection_pickling`.
inline void allow_connection_pickling() noexcept {}

/// Python's second name for `reduction`.
namespace reducer = reduction;

}  // namespace progeny::multiprocessing
