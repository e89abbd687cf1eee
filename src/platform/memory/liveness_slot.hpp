#pragma once

// How processes that share memory learn of each other's deaths, at once and from the kernel.

#include "platform/memory/futex.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace progeny::platform {

/// A place in shared memory that a thread claims for as long as it exists. However it ends, also by
/// `kill -9` and by exec, the kernel marks the place, and it may be claimed again. Zeros are a
/// place that nobody has claimed yet. A thread can have about 2,000 of them at a time.
struct alignas(64) LivenessSlot {
  FutexWord stage{0};
  /// Counts the claims: tells whose slot it is from whose it was.
  FutexWord claims{0};
  alignas(8) std::array<std::byte, 48> mutex{};
};
static_assert(sizeof(LivenessSlot) == 64);

/// Claims a place for the calling thread. Returns the number of the claim, which is not 0; or 0 if
/// somebody who exists has it.
[[nodiscard]] std::uint32_t claim(LivenessSlot& slot) noexcept;

/// Ends a claim before its thread ends, as if that had ended. For the calling thread's own claims.
/// Has to be done before the memory of the place is unmapped, since the thread's other claims are
/// reached by way of it.
void give_up(LivenessSlot& slot) noexcept;

/// Whether who made this claim does not exist any more, or has given it up.
[[nodiscard]] bool is_over(const LivenessSlot& slot, std::uint32_t number) noexcept;

/// What to wait on for the end of who has the place now. The kernel wakes one of those who wait:
/// it is to call `spread_end`.
[[nodiscard]] FutexWait watch(LivenessSlot& slot) noexcept;

/// Wakes all others who wait for the end.
void spread_end(LivenessSlot& slot) noexcept;

/// Whether the calling thread is the one that the process began with, which in general exists as
/// long as the process.
[[nodiscard]] bool is_main_thread() noexcept;

}  // namespace progeny::platform
