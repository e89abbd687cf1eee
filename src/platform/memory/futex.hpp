#pragma once

// Waiting until a word in memory changes, across all processes that share the memory.

#include "base/deadline.hpp"

#include <atomic>
#include <cstdint>
#include <span>

namespace progeny::platform {

/// A word that can be waited on. It may lie in memory that several processes share.
using FutexWord = std::atomic<std::uint32_t>;
static_assert(FutexWord::is_always_lock_free && sizeof(FutexWord) == sizeof(std::uint32_t));

/// Why a wait ended. After each but `timed_out` the caller looks at the word again: a wake-up may
/// have been meant for an earlier use of it.
enum class FutexEnd : std::uint8_t {
  woken,      ///< By `wake`, or for no reason.
  changed,    ///< The word had another value from the start.
  timed_out,  ///< Nothing happened until the deadline.
};

/// Sleeps while `word` is `expected`. Signal handlers run, and do not end it.
FutexEnd wait_on(const FutexWord& word,
                 std::uint32_t expected,
                 const progeny::detail::Deadline& deadline) noexcept;

/// One of several words to wait on.
struct FutexWait {
  const FutexWord* word;
  std::uint32_t expected;
};

/// The most words that `wait_on_any` takes.
inline constexpr std::size_t most_futex_waits = 128;

/// Sleeps while each word has the value that is expected of it; at most `most_futex_waits` of them.
/// A kernel before 5.16 cannot: there it waits on the first word, and returns each millisecond so
/// that the caller looks at the others.
FutexEnd wait_on_any(std::span<const FutexWait> waits,
                     const progeny::detail::Deadline& deadline) noexcept;

/// Wakes up to `count` of those that wait on `word`, and returns how many.
int wake(const FutexWord& word, int count) noexcept;

/// Wakes all that wait on `word`.
void wake_all(const FutexWord& word) noexcept;

}  // namespace progeny::platform
