#pragma once

// Waiting for another thread with a limit of time.

#include <progeny/base/timeout.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace progeny::multiprocessing::dummy::detail {

/// Waits until `is_ready()`. Returns whether it is.
template <class IsReady>
bool await(std::condition_variable& changed,
           std::unique_lock<std::mutex>& lock,
           const Timeout& timeout,
           const IsReady& is_ready) {
  if (!timeout.limited()) {
    changed.wait(lock, is_ready);
    return true;
  }
  if (timeout.limit() <= std::chrono::nanoseconds::zero()) {
    return is_ready();
  }
  // A century, as the moment that it ends at must be one that the clock has.
  constexpr std::chrono::nanoseconds longest = std::chrono::hours(24 * 36'500);
  const auto end = std::chrono::steady_clock::now() + std::min(timeout.limit(), longest);
  return changed.wait_until(lock, end, is_ready);
}

}  // namespace progeny::multiprocessing::dummy::detail
