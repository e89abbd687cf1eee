#pragma once

// How processes that share memory learn at once that a thread has ended, however it ended.
//
//          claim                       the thread ends, or give_up
//   free --------> claimed, number N ------------------------------> over, and free again
//
// A slot uses each number once (in 2^32 claims), so a number that a process remembers is never
// mistaken for a later claim.

#include "platform/memory/futex.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace progeny::platform {

/// A slot in shared memory that a thread claims for as long as it exists. When the thread ends,
/// also by `kill -9` or by exec, the kernel marks the slot and wakes a waiter. Zeros are a free
/// slot.
///
/// A thread can hold about 2,000 claims. The kernel looks at no more of them when it ends
/// (ROBUST_LIST_LIMIT, 2,048).
///
/// A sandbox may keep the kernel from knowing a thread's claims: `ends_are_marked` tells. Then the
/// slot has the number and the birth of the process, `is_over` asks the system whether it still
/// runs, and nobody is woken at its end: waits must have a limit.
struct alignas(64) LivenessSlot {
  FutexWord stage{0};   ///< Whether `mutex` has been initialised; see the source.
  FutexWord claims{0};  ///< The claim's number. Each claim and each `give_up` adds one.
  FutexWord pid{0};     ///< Of the claimer if the kernel does not mark its end; else 0.
  FutexWord birth{0};   ///< With `pid`: when that process began, or 0 if that is not known.
  alignas(8) std::array<std::byte, 48> mutex{};  ///< The system's; the claiming thread holds it.
};
static_assert(sizeof(LivenessSlot) == 64);

/// Claims the slot for the calling thread. Never blocks.
/// - Returns: the number of the claim, which is not 0; or 0 if a living thread has claimed the
///   slot.
[[nodiscard]] std::uint32_t claim(LivenessSlot& slot) noexcept;

/// Ends the calling thread's own claim, as if the thread had ended. It must be called before the
/// slot's memory is unmapped: the thread's list of claims leads through the slot.
void give_up(LivenessSlot& slot) noexcept;

/// Whether claim `number` has ended.
[[nodiscard]] bool is_over(const LivenessSlot& slot, std::uint32_t number) noexcept;

/// Whether the kernel will mark the calling thread's claims when the thread ends. If not,
/// set_robust_list(2) was denied when the thread began, or get_robust_list(2) is now.
[[nodiscard]] bool ends_are_marked() noexcept;

/// What to wait on for the end of the current claim. The kernel wakes a single waiter, which must
/// call `spread_end`. It wakes none if the end is not marked.
[[nodiscard]] FutexWait watch(LivenessSlot& slot) noexcept;

/// Wakes all waiters of the slot.
void spread_end(LivenessSlot& slot) noexcept;

/// Whether the calling thread is the process's first. That thread mostly lives as long as the
/// process.
[[nodiscard]] bool is_main_thread() noexcept;

}  // namespace progeny::platform
