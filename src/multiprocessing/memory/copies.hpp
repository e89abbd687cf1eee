#pragma once

// Which forked copies of this process still exist.

#include <cstdint>
#include <functional>

namespace progeny::multiprocessing::detail {

/// Shared memory that a forked copy of this process may still use.
///
/// A copy has the objects that its parent had at the fork, but no count tells of them: counting all
/// of them would make each fork slower. So an object that is destroyed here after a fork gives up
/// its memory only once the copies made in between have ended, however they ended.
///
/// All copies made in a span of time inherit the write end of one pipe, and keep it open until they
/// end or call exec; their own copies inherit it, too. This process closes its write end when the
/// span ends. So the read end reports "closed" when all these copies are gone.
///
///     fork   fork   destroyed  fork   destroyed
///     --|------|--------|--------|--------|-------> time
///       [   a span      ]        [ a span ]
///
/// A span begins with the first fork after the last span, and ends when an object that is older
/// than its last fork is destroyed. So there is no more than one span for each living copy, and
/// each takes one descriptor, the current one two.
///
/// - Threads: safe.
class Copies {
 public:
  /// Notes an object that copies made from now on may use.
  /// - Returns: the number of forks so far, for the functions below.
  [[nodiscard]] static std::uint64_t enter();

  /// Notes the end of an object that `enter` returned `since` for.
  /// - Returns: whether no copy can use it any more. If not, the caller calls `later`.
  [[nodiscard]] static bool leave(std::uint64_t since) noexcept;

  /// Calls `give_up`, which must not throw, in a later call of this class: once all copies that
  /// were made since then have ended.
  static void later(std::uint64_t since, std::function<void()> give_up);
};

}  // namespace progeny::multiprocessing::detail
