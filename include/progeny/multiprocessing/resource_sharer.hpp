#pragma once

// Handles between processes that are not joined by a local socket: Python's
// `multiprocessing.resource_sharer`. The owner keeps a duplicate until the receiver fetches it.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>

#include <cstdint>
#include <string>

namespace progeny::multiprocessing::resource_sharer {

/// A ticket for a handle: an address and a key, which can travel as bytes.
///
/// Any process of this machine that has the same authkey can exchange it, once, for a handle of its
/// own. The first ticket starts a thread that serves receivers, on a socket without a file. All
/// signals are blocked in that thread.
/// - Python: `DupFd`. Differs: the receiver calls `DupFd(address, key).detach()`.
/// - Threads: safe.
/// - Platforms: POSIX.
class PROGENY_EXPORT DupFd {
 public:
  /// Makes a ticket. This process keeps a duplicate of `handle` until it is fetched, or until
  /// `stop`. `handle` itself stays the caller's.
  /// - Throws: `OSError` if `handle` is not open, or descriptors run out.
  explicit DupFd(native_handle handle);
  /// The ticket that another process made.
  DupFd(std::string address, std::uint64_t key) noexcept;

  /// Fetches the handle.
  /// - Python: `detach`.
  /// - Returns: a handle of this process.
  /// - Throws: `LookupError` if it has been fetched before; `AuthenticationError` if the owner has
  ///   another authkey; `OSError` or `EOFError` if the owner is gone or has stopped sharing.
  /// - Blocks: until the owner has served the receivers that came before, up to one minute.
  [[nodiscard]] Handle detach() const;

  /// The name at which the owner listens. It is not readable text.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  /// The number of the handle among those of its owner.
  [[nodiscard]] std::uint64_t key() const noexcept { return key_; }

 private:
  std::string address_;
  std::uint64_t key_;
};

/// Ends this process's serving thread and drops the handles that were not fetched. The next `DupFd`
/// starts anew.
/// - Python: `stop`. Differs: it warns where this returns false.
/// - Returns: whether the thread ended before the timeout. True if there was no thread.
/// - Blocks: up to `timeout`.
PROGENY_EXPORT bool stop(const Timeout& timeout = {});

}  // namespace progeny::multiprocessing::resource_sharer
