#pragma once

// Waiting for what somebody at the other end of a shared pipe does, as long as there is somebody.

#include "base/deadline.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/sleepers.hpp"

#include <progeny/base/handle.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace progeny::multiprocessing::detail {

/// Who uses the ends of a pipe. Lies in its memory; zeros are nobody.
struct EndUsers {
  struct alignas(64) End {
    std::atomic<MemberId> last{0};  ///< 0: one who is gone, or not known yet.
    std::atomic<std::uint32_t> closings{0};
  };
  std::array<End, 2> ends;
};

/// The other end, as one end sees it.
///
/// Who waits sleeps on a word that the other side rings, and at once on the life of the process
/// that has last used the other end. Whether there is somebody at the other end at all is asked of
/// the kernel, by the socket of the pipe, only if that process has died, or somebody has closed his
/// copy of the end, or if it is not known who has it.
/// - Threads: safe.
class OtherEnd {
 public:
  /// How a wait ended.
  enum class Waited : std::uint8_t { has_happened, is_late, is_alone };

  /// Borrows all of them. `end`, 0 or 1, is the own one.
  OtherEnd(EndUsers& users, Roster& roster, unsigned end, native_handle socket) noexcept
      : own_(users.ends[end]), other_(users.ends[1 - end]), roster_(roster), socket_(socket) {}

  /// This process uses its end: the other side now knows on whose life it depends.
  void arrive() {
    const MemberId me = roster_.me();
    if (own_.last.load(std::memory_order_relaxed) != me) {
      own_.last.store(me, std::memory_order_release);
    }
  }
  /// This process has closed its end, and its socket.
  void leave() noexcept;

  /// Whether nobody has the other end any more.
  [[nodiscard]] bool is_alone() noexcept { return surely_there() == 0 && is_hung_up(); }

  /// After a wait: whether several things had come.
  void found(bool several) noexcept { spin_.found(several); }

  /// Waits until something has happened, for which the other side rings.
  template <class Condition>
  [[nodiscard]] Waited wait_for(const Condition& has_happened,
                                Sleepers& sleepers,
                                const progeny::detail::Deadline& deadline) {
    for (auto patience = shortest_patience;; patience = std::min(2 * patience, longest_sleep)) {
      const bool is_late = deadline.expired();
      if (has_happened() || (!is_late && spin_.until(has_happened))) {
        return Waited::has_happened;
      }
      if (is_alone()) {
        return has_happened() ? Waited::has_happened : Waited::is_alone;
      }
      if (is_late) {
        return Waited::is_late;
      }
      if (const MemberId there = surely_there(); there != 0) {
        sleepers.sleep_until(has_happened, deadline, roster_.watch(there));
        if (roster_.is_dead(there)) {
          roster_.spread_death(there);
        }
      } else {
        sleepers.sleep_until(has_happened, deadline.capped(patience));
      }
    }
  }

 private:
  // Before the kernel is asked again.
  static constexpr std::chrono::milliseconds shortest_patience{1};

  // Who has it, if that can be told without the kernel; otherwise 0.
  [[nodiscard]] MemberId surely_there() const noexcept {
    const MemberId last = other_.last.load(std::memory_order_acquire);
    const bool is_sure = last != 0 &&
                         other_.closings.load(std::memory_order_acquire) ==
                             closings_seen_.load(std::memory_order_relaxed) &&
                         !roster_.is_dead(last);
    return is_sure ? last : 0;
  }
  [[nodiscard]] bool is_hung_up() noexcept;

  EndUsers::End& own_;
  EndUsers::End& other_;
  Roster& roster_;
  native_handle socket_;
  AdaptiveSpin spin_;
  std::atomic<std::uint32_t> closings_seen_{0};
};

}  // namespace progeny::multiprocessing::detail
