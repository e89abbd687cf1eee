#pragma once

// Waiting for the peer's end of a shared pipe: until the peer has done something, or until no
// process has its end any more.
//
// Only the kernel knows whether any process has an end, from the socket of the pipe: the socket is
// hung up once all copies of its other end are closed. Asking costs a system call, so an end notes
// in the shared memory what makes the question unnecessary:
//
//     last       the process that used the end last; 0 if it has closed its copy or died
//     closings   how many times a copy of the end was closed
//
// From them the other end derives one of these states:
//
//     state     when                                        a wait sleeps on
//     there     `last` is alive, and no copy was closed     the ring's futex, for 10 ms; then that
//               since the kernel was asked                  and the life mark of `last`, without a
//                                                           limit
//     unknown   otherwise                                   the ring's futex, for 1 to 250 ms; then
//                                                           the kernel is asked
//     alone     the kernel said that the socket is hung up  nothing: the stream has ended
//
// A closing process closes its socket first, then counts (release). An asking process loads the
// count (acquire), then asks the kernel. So a closing that was counted before is in the kernel's
// answer, and one that is counted after changes the count and makes the state unknown again.
//
//     load (acquire)            pairs with                so that
//     `closings`                fetch_add in leave        the kernel knows of that closing
//     `last`                    store in arrive           the roster has that member
//     The other accesses are relaxed: a stale value costs one question to the kernel.

#include "base/deadline.hpp"
#include "multiprocessing/memory/adaptive_spin.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/sleepers.hpp"

#include <progeny/base/handle.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <utility>

namespace progeny::multiprocessing::detail {

/// The users of both ends. Lies in the memory of the pipe; zeros are nobody.
struct EndUsers {
  struct alignas(64) End {
    /// The member that used this end last. Its users write it, the other end reads it, and writes 0
    /// after the member's death.
    std::atomic<MemberId> last{0};
    /// How many times a copy of this end was closed. Its users write it.
    std::atomic<std::uint32_t> closings{0};
  };
  std::array<End, 2> ends;
};

/// The peer's end, as one end sees it.
/// - Threads: safe.
class OtherEnd {
 public:
  /// How a wait ended.
  enum class Waited : std::uint8_t {
    has_happened,
    is_late,   ///< The deadline has passed.
    is_alone,  ///< Nobody has the peer's end any more, and nothing has happened.
  };

  /// Borrows all of them. `end`, 0 or 1, is the own one.
  OtherEnd(EndUsers& users, Roster& roster, unsigned end, native_handle socket) noexcept
      : own_(users.ends[end]), other_(users.ends[1 - end]), roster_(roster), socket_(socket) {}

  /// This process uses its end: the peer may now rely on this process's life.
  void arrive() {
    const MemberId me = roster_.me();
    if (own_.last.load(std::memory_order_relaxed) != me) {
      own_.last.store(me, std::memory_order_release);
    }
  }
  /// This process has closed its copy of the end, socket included.
  void leave() noexcept;

  /// Whether no process has the peer's end any more.
  [[nodiscard]] bool is_alone() noexcept { return member_there() == 0 && is_hung_up(); }

  /// To be called after a wait: whether several pieces had come.
  void found(bool several) noexcept { spin_.found(several); }

  /// Waits until something has happened for which the peer rings `sleepers`.
  template <class Condition>
  [[nodiscard]] Waited wait_for(const Condition& has_happened,
                                Sleepers& sleepers,
                                const progeny::detail::Deadline& deadline) {
    bool is_first = true;
    for (auto patience = shortest_patience;; patience = std::min(2 * patience, longest_sleep)) {
      const bool is_late = deadline.expired();
      if (has_happened() || (is_first && !is_late && spin_.until(has_happened))) {
        return Waited::has_happened;
      }
      if (is_alone()) {
        // The peer may have done it just before it left.
        return has_happened() ? Waited::has_happened : Waited::is_alone;
      }
      if (is_late) {
        return Waited::is_late;
      }
      sleep(has_happened, sleepers, deadline, patience, std::exchange(is_first, false));
    }
  }

 private:
  // The first sleep in the state "unknown"; each further one is twice as long.
  static constexpr std::chrono::milliseconds shortest_patience{1};
  // The first sleep in the state "there" does not watch the peer's life: waiting for two words
  // takes the kernel longer than for one, and most waits are over by then. Longer than a tick of
  // the system, as setting the processor's timer for an earlier moment would take still longer.
  static constexpr std::chrono::milliseconds first_sleep{10};

  template <class Condition>
  void sleep(const Condition& has_happened,
             Sleepers& sleepers,
             const progeny::detail::Deadline& deadline,
             std::chrono::milliseconds patience,
             bool is_first) {
    const MemberId there = member_there();
    if (there == 0) {
      sleepers.sleep_until(has_happened, deadline.capped(patience));
      return;
    }
    if (is_first) {
      sleepers.sleep_until(has_happened, deadline.capped(first_sleep));
      return;
    }
    sleepers.sleep_until(has_happened, deadline, roster_.watch(there));
    if (roster_.is_dead(there)) {
      // The kernel wakes one waiter for a death, so this one wakes the others.
      roster_.spread_death(there);
    }
  }

  // In the state "there" the member, otherwise 0.
  [[nodiscard]] MemberId member_there() const noexcept {
    const MemberId last = other_.last.load(std::memory_order_acquire);
    const bool is_there = last != 0 &&
                          other_.closings.load(std::memory_order_acquire) ==
                              closings_seen_.load(std::memory_order_relaxed) &&
                          !roster_.is_dead(last);
    return is_there ? last : 0;
  }
  [[nodiscard]] bool is_hung_up() noexcept;

  EndUsers::End& own_;
  EndUsers::End& other_;
  Roster& roster_;
  native_handle socket_;
  AdaptiveSpin spin_;
  // The peer's `closings` when the kernel last said that some process has the peer's end.
  std::atomic<std::uint32_t> closings_seen_{0};
};

}  // namespace progeny::multiprocessing::detail
