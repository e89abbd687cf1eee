#pragma once

// Proxies of a manager's queues, locks, events and barriers.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/managers/proxy.hpp>
#include <progeny/pickle/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace progeny::multiprocessing::managers {

/// A managed `Queue` or `JoinableQueue`.
/// - Python: what `manager.Queue()` returns: a proxy of `queue.Queue`.
class PROGENY_EXPORT QueueProxy : public BaseProxy {
 public:
  /// From any proxy of a queue.
  explicit QueueProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// Adds an item.
  /// - Throws: `Full` if there was no room in time.
  void put(const pickle::Value& item, const Timeout& timeout = {}) const;
  /// Adds an item if there is room.
  /// - Throws: `Full`.
  void put_nowait(const pickle::Value& item) const;
  /// Takes the oldest item.
  /// - Throws: `Empty` if none came in time.
  pickle::Value get(const Timeout& timeout = {}) const;
  /// Takes the oldest item if there is one.
  /// - Throws: `Empty`.
  pickle::Value get_nowait() const;
  /// The number of items.
  [[nodiscard]] std::size_t qsize() const;
  /// Whether there is none.
  [[nodiscard]] bool empty() const;
  /// Whether there is no room.
  [[nodiscard]] bool full() const;
  /// An item that was taken is done.
  /// - Throws: `ValueError` if all were done.
  void task_done() const;
  /// Waits until all items that were put are done.
  void join() const;
};

/// A managed `Lock`, `RLock`, `Semaphore` or `BoundedSemaphore`. Also works with
/// `std::unique_lock` and the like.
///
/// The owner of an `RLock` is a thread.
/// - Python: `AcquirerProxy`.
class PROGENY_EXPORT AcquirerProxy : public BaseProxy {
 public:
  /// From any proxy of a lock.
  explicit AcquirerProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// Takes the lock.
  /// - Returns: whether it came in time.
  /// - Throws: `OwnerDied` if the thread or process that held the lock ended without a release. The
  ///   caller owns the lock then. Only servers of progeny do that.
  bool acquire(const Timeout& timeout = {}) const;
  /// Gives the lock back.
  /// - Throws: `RuntimeError` if nobody holds it; `ValueError` beyond the bound of a semaphore.
  void release() const;

  /// The names of the standard library.
  void lock() const { static_cast<void>(acquire()); }
  /// The same without a wait.
  [[nodiscard]] bool try_lock() const { return acquire(std::chrono::nanoseconds::zero()); }
  /// Gives the lock back.
  void unlock() const { release(); }
};

/// A managed condition with its lock.
/// - Python: `ConditionProxy`.
class PROGENY_EXPORT ConditionProxy : public AcquirerProxy {
 public:
  /// From any proxy of a condition.
  explicit ConditionProxy(BaseProxy proxy) noexcept : AcquirerProxy(std::move(proxy)) {}

  /// Gives the lock back, waits for `notify`, and takes the lock again.
  /// - Returns: false after the timeout.
  /// - Throws: `RuntimeError` if this thread does not hold the lock.
  bool wait(const Timeout& timeout = {}) const;
  /// Waits until `predicate()` is true. It is called here, between waits.
  /// - Returns: what it returned last.
  template <std::predicate Predicate>
  bool wait_for(Predicate&& predicate, const Timeout& timeout = {}) const {
    const auto start = std::chrono::steady_clock::now();
    bool result = predicate();
    while (!result) {
      Timeout rest;
      if (timeout.limited()) {
        const auto left = timeout.limit() - (std::chrono::steady_clock::now() - start);
        if (left <= std::chrono::nanoseconds::zero()) {
          break;
        }
        rest = left;
      }
      wait(rest);
      result = predicate();
    }
    return result;
  }
  /// Wakes `n` waiters.
  /// - Throws: `RuntimeError` if this thread does not hold the lock.
  void notify(std::int64_t n = 1) const;
  /// Wakes all.
  void notify_all() const;
};

/// A managed event.
/// - Python: `EventProxy`.
class PROGENY_EXPORT EventProxy : public BaseProxy {
 public:
  /// From any proxy of an event.
  explicit EventProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// Whether it is set.
  [[nodiscard]] bool is_set() const;
  /// Sets it and wakes all waiters.
  void set() const;
  /// Clears it.
  void clear() const;
  /// Waits until it is set.
  /// - Returns: false after the timeout.
  bool wait(const Timeout& timeout = {}) const;
};

/// A managed barrier.
/// - Python: `BarrierProxy`.
class PROGENY_EXPORT BarrierProxy : public BaseProxy {
 public:
  /// From any proxy of a barrier.
  explicit BarrierProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// Waits for all parties.
  /// - Returns: a number from 0 on, another one for each party.
  /// - Throws: `BrokenBarrierError`.
  std::int64_t wait(const Timeout& timeout = {}) const;
  /// Breaks the barrier.
  void abort() const;
  /// Makes it new.
  void reset() const;
  /// How many have to come.
  [[nodiscard]] std::int64_t parties() const;
  /// How many wait.
  [[nodiscard]] std::int64_t n_waiting() const;
  /// Whether it is broken.
  [[nodiscard]] bool broken() const;
};

}  // namespace progeny::multiprocessing::managers
