#pragma once

// Waiting until a word in memory changes. It works across processes that share the memory, at
// whichever addresses.
//
//   waiter:  reads the word, sees `expected`, calls wait_on(word, expected)
//   waker:   changes the word, then calls wake(word)
//
// The kernel compares the word with `expected` and goes to sleep in one step. So a change between
// the waiter's look and its sleep is not missed: either the comparison fails, or the wake-up comes
// after it.

#include "base/deadline.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace progeny::platform {

/// A word that can be waited on. It may lie in memory that several processes share.
using FutexWord = std::atomic<std::uint32_t>;
static_assert(FutexWord::is_always_lock_free && sizeof(FutexWord) == sizeof(std::uint32_t));

/// Why a wait ended. Except after `timed_out` the caller looks at the word again, as a wake-up may
/// have been meant for an earlier use of the same memory.
enum class FutexEnd : std::uint8_t {
  woken,      ///< By `wake`, by a signal handler, or for no reason.
  changed,    ///< The word was not `expected` at the start.
  timed_out,  ///< The deadline passed.
};

/// Sleeps while `word` is `expected`, until a wake-up or the deadline. It orders no memory: the
/// caller's next load of the word does.
FutexEnd wait_on(const FutexWord& word,
                 std::uint32_t expected,
                 const progeny::detail::Deadline& deadline) noexcept;

/// A word to wait on, and the value it has while there is nothing to do.
struct FutexWait {
  const FutexWord* word;
  std::uint32_t expected;
};

/// The most words that `wait_on_any` takes.
inline constexpr std::size_t most_futex_waits = 128;

/// Sleeps while each of 1 to `most_futex_waits` words has its expected value. A kernel before 5.16
/// cannot do that: there it waits on the first word, and returns `woken` each millisecond so that
/// the caller looks at the others.
FutexEnd wait_on_any(std::span<const FutexWait> waits,
                     const progeny::detail::Deadline& deadline) noexcept;

/// Wakes up to `count` waiters of `word`. The word itself need not exist any more.
/// - Returns: how many were woken.
int wake(const FutexWord& word, int count) noexcept;

/// Wakes all waiters of `word`.
void wake_all(const FutexWord& word) noexcept;

}  // namespace progeny::platform
