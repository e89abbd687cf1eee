#pragma once

// Waiters of a condition, and ways to wait until they wait.

#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/synchronize/condition.hpp>
#include <progeny/multiprocessing/synchronize/semaphore.hpp>

#include <fmt/core.h>

#include <cstdint>
#include <mutex>
#include <string>

namespace progeny::testing {

namespace mp = progeny::multiprocessing;

/// Waits until a condition has so many waiters.
inline bool await_waiting(const mp::Condition& condition, int number) {
  const std::string end = fmt::format(", {})>", number);
  return eventually([&] { return to_string(condition).ends_with(end); });
}

/// A waiter: adds one to `woken` when it is notified.
inline void wait_and_count(mp::Condition condition, mp::Semaphore woken) {
  const std::scoped_lock guard(condition);
  if (condition.wait(very_long)) {
    woken.release();
  }
}

/// Waits until so many waiters were notified.
inline bool await_woken(const mp::Semaphore& woken, int number) {
  return eventually([&] { return woken.get_value() == number; });
}

/// Notifies with the condition's lock held.
inline void notify(mp::Condition& condition, std::int64_t n) {
  const std::scoped_lock guard(condition);
  condition.notify(n);
}

}  // namespace progeny::testing
