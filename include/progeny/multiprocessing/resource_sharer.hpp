#pragma once

// Handles on their way between processes that have no local socket between them: the owner keeps
// a duplicate until the receiver has come for it. Python's `multiprocessing.resource_sharer`.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>

#include <cstdint>
#include <string>

namespace progeny::multiprocessing::resource_sharer {

/// A ticket for a handle: two values that can travel as bytes, and be exchanged once, by any
/// process of this machine that has the same authkey, for a handle of its own.
///
/// - Python: `DupFd`. The receiver's side is `DupFd(address, key).detach()`.
/// - Threads: safe. The first ticket starts a thread that serves receivers, with all signals
///   blocked, on a socket without a file.
class PROGENY_EXPORT DupFd {
 public:
  /// Has a duplicate of `handle` kept until it is fetched, or until `stop`. `handle` stays the
  /// caller's. Throws `OSError`.
  explicit DupFd(native_handle handle);
  /// The ticket that another process has made.
  DupFd(std::string address, std::uint64_t key) noexcept;

  /// Fetches the handle.
  /// - Throws: `LookupError` if it has been fetched before; `AuthenticationError` if the owner has
  ///   another authkey; `OSError` or `EOFError` if the owner is gone or has stopped sharing.
  [[nodiscard]] Handle detach() const;

  /// Where the owner listens: a name, not text for people.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  /// Which of the owner's handles it is.
  [[nodiscard]] std::uint64_t key() const noexcept { return key_; }

 private:
  std::string address_;
  std::uint64_t key_;
};

/// Ends this process's serving thread and drops what nobody has fetched. The next `DupFd` starts
/// anew. Returns whether the thread has ended before the timeout; true if there was none.
/// - Python: `stop`. Differs: returns what it only warns of.
PROGENY_EXPORT bool stop(const Timeout& timeout = {});

}  // namespace progeny::multiprocessing::resource_sharer
