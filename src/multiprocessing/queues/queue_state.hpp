#pragma once

// What the memory of a queue holds behind the ends of its log.

#include "multiprocessing/memory/bell.hpp"
#include "multiprocessing/memory/sleepers.hpp"
#include "platform/memory/futex.hpp"

#include <atomic>
#include <cstdint>

namespace progeny::multiprocessing::detail {

/// What the processes that use the queue share besides its messages.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): each side has its own cache lines.
struct QueueState {
  // Written by `make` alone, before the queue can travel: relaxed loads suffice.
  std::atomic<std::uint64_t> maxsize;
  std::atomic<std::uint32_t> closed_answer;
  PollFlag is_polled;

  alignas(64) Sleepers getters;
  alignas(64) Sleepers putters;

  alignas(64) platform::FutexWord done;  ///< Calls of `task_done`, modulo 2^29.
  std::atomic<std::uint32_t> joiners;    ///< How many wait in `join`.
};

}  // namespace progeny::multiprocessing::detail
