#include "platform/memory/futex.hpp"

#include "platform/system/errno.posix.hpp"
#include "platform/system/features.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstddef>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using progeny::detail::Deadline;

// futex_waitv(2) of kernel 5.16, which Debian 12's libc does not know.
constexpr long number_of_futex_waitv = 449;

// As the kernel's `struct futex_waitv`.
struct WaitRecord {
  std::uint64_t value;
  std::uint64_t address;
  std::uint32_t flags;
  std::uint32_t reserved;
};

constexpr std::uint32_t word_of_32_bits = 2;

// Set once the kernel has refused the call. Relaxed, as it guards nothing else: a thread that still
// sees false only tries once more.
std::atomic<bool> waitv_is_missing{false};

// A deadline as the calls take it: a moment on CLOCK_MONOTONIC, which std::chrono::steady_clock
// reads.
class Moment {
 public:
  explicit Moment(const Deadline& deadline) noexcept : limited_(!deadline.is_never()) {
    if (limited_) {
      const auto since_start = deadline.moment().time_since_epoch();
      const auto seconds = std::chrono::floor<std::chrono::seconds>(since_start);
      time_.tv_sec = seconds.count();
      time_.tv_nsec = std::chrono::nanoseconds(since_start - seconds).count();
    }
  }
  [[nodiscard]] const timespec* get() const noexcept { return limited_ ? &time_ : nullptr; }

 private:
  bool limited_;
  timespec time_{};
};

// The end of a wait that failed with this errno.
FutexEnd end_by_error(int error) noexcept {
  switch (error) {
    case ETIMEDOUT:
      return FutexEnd::timed_out;
    case EAGAIN:
      return FutexEnd::changed;
    default:
      return FutexEnd::woken;  // EINTR: the caller looks at the word and waits again.
  }
}

}  // namespace

// Without FUTEX_PRIVATE_FLAG, as the word may be shared. FUTEX_WAIT_BITSET rather than FUTEX_WAIT,
// as its time is a moment and not a duration, so that a repeated wait needs no new computation.
FutexEnd wait_on(const FutexWord& word, std::uint32_t expected, const Deadline& deadline) noexcept {
  const ErrnoKeeper keeper;
  const Moment moment(deadline);
  const long result = ::syscall(
      SYS_futex, &word, FUTEX_WAIT_BITSET, expected, moment.get(), nullptr, FUTEX_BITSET_MATCH_ANY);
  return result == 0 ? FutexEnd::woken : end_by_error(errno);
}

FutexEnd wait_on_any(std::span<const FutexWait> waits, const Deadline& deadline) noexcept {
  const ErrnoKeeper keeper;
  if (!is_disabled(Feature::futex_waitv) && !waitv_is_missing.load(std::memory_order_relaxed)) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled as far as it is used.
    std::array<WaitRecord, most_futex_waits> records;
    for (std::size_t i = 0; i < waits.size(); ++i) {
      records[i] = {.value = waits[i].expected,
                    .address = reinterpret_cast<std::uintptr_t>(waits[i].word),
                    .flags = word_of_32_bits,
                    .reserved = 0};
    }
    const Moment moment(deadline);
    const long result = ::syscall(
        number_of_futex_waitv, records.data(), waits.size(), 0, moment.get(), CLOCK_MONOTONIC);
    if (result >= 0) {
      return FutexEnd::woken;
    }
    const int error = errno;
    if (!may_be_refused(error)) {
      return end_by_error(error);
    }
    if (error == EINVAL && deadline.expired()) {
      return FutexEnd::timed_out;  // It may be about a moment that the call does not know.
    }
    waitv_is_missing.store(true, std::memory_order_relaxed);
  }
  const auto end = wait_on(
      *waits.front().word, waits.front().expected, deadline.capped(std::chrono::milliseconds(1)));
  return end == FutexEnd::timed_out && !deadline.expired() ? FutexEnd::woken : end;
}

int wake(const FutexWord& word, int count) noexcept {
  const ErrnoKeeper keeper;
  const long woken = ::syscall(SYS_futex, &word, FUTEX_WAKE, count, nullptr, nullptr, 0);
  return woken > 0 ? static_cast<int>(woken) : 0;
}

void wake_all(const FutexWord& word) noexcept {
  wake(word, INT_MAX);
}

}  // namespace progeny::platform
