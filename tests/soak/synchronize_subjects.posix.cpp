// Processes that synchronise, any of which is killed at any moment.

#include "soak/killer.posix.hpp"
#include "soak/shared.posix.hpp"
#include "support/program/let_pass.hpp"

#include <progeny/multiprocessing/synchronize.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace progeny::testing {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
namespace mp = progeny::multiprocessing;

// Two numbers that are equal, unless a process died after changing the first.
struct Pair {
  volatile std::uint64_t first = 0;
  volatile std::uint64_t second = 0;
  std::atomic<int> inside = 0;
  std::atomic<std::uint64_t> half_done = 0;
};

template <class AnyLock>
class LockSubject : public KillerSubject {
 public:
  explicit LockSubject(const char* name) : name_(name) {}
  [[nodiscard]] std::string name() const override { return name_; }

  [[nodiscard]] std::string step(int number) override {
    bool owner_died = false;
    if (!lock_.acquire({.timeout = killer_deadline, .owner_died = &owner_died})) {
      return "the lock was not to be had";
    }
    const bool twice = number % 2 == 0 && std::is_same_v<AnyLock, mp::RLock> && lock_.acquire();
    std::string wrong;
    if (owner_died) {
      pair_->inside = 0;
      pair_->half_done += pair_->first != pair_->second ? 1 : 0;
      pair_->second = pair_->first;
    }
    if (pair_->inside.exchange(1) != 0) {
      wrong = "two have the lock";
    } else if (pair_->first != pair_->second) {
      wrong = "a step is half done, and no owner has died";
    }
    pair_->first = pair_->first + 1;
    pair_->second = pair_->second + 1;
    pair_->inside = 0;
    if (twice) {
      lock_.release();
    }
    lock_.release();
    return wrong;
  }

 private:
  const char* name_;
  AnyLock lock_;
  Shared<Pair> pair_;
};

// Some release, others acquire. What was released can be acquired, whichever process dies
// meanwhile.
class SemaphoreSubject : public KillerSubject {
 public:
  [[nodiscard]] std::string name() const override { return "Semaphore"; }
  [[nodiscard]] std::string step(int number) override {
    if (number % 2 == 0) {
      if (semaphore_.get_value() < 1000) {
        semaphore_.release(1 + number % 3);
      }
      return {};
    }
    // A killed process is replaced at once, so something is released within the deadline.
    return semaphore_.acquire(true, killer_deadline) ? "" : "nothing was released";
  }

 private:
  mp::Semaphore semaphore_{0};
};

// Some notify, others wait for a notification.
class ConditionSubject : public KillerSubject {
 public:
  [[nodiscard]] std::string name() const override { return "Condition"; }
  [[nodiscard]] std::string step(int number) override {
    bool owner_died = false;
    if (!condition_.acquire({.timeout = killer_deadline, .owner_died = &owner_died})) {
      return "the lock was not to be had";
    }
    std::string wrong;
    if (number % 2 == 0) {
      ++pair_->half_done;
      number % 4 == 0 ? condition_.notify(1) : condition_.notify_all();
    } else if (!condition_.wait(killer_deadline, &owner_died)) {
      wrong = "no notification has come";
    }
    condition_.release();
    return wrong;
  }

 private:
  mp::Condition condition_{mp::Lock()};
  Shared<Pair> pair_;
};

class EventSubject : public KillerSubject {
 public:
  [[nodiscard]] std::string name() const override { return "Event"; }
  [[nodiscard]] std::string step(int number) override {
    if (number % 2 == 0) {
      event_.set();
      event_.clear();
      return {};
    }
    return event_.wait(killer_deadline) ? "" : "a pulse has been missed";
  }

 private:
  mp::Event event_;
};

// No wait is longer than the deadline. A broken barrier is reset and used again.
class BarrierSubject : public KillerSubject {
 public:
  [[nodiscard]] std::string name() const override { return "Barrier"; }
  [[nodiscard]] int participants() const override { return 4; }
  [[nodiscard]] std::string step(int number) override {
    const auto begin = Clock::now();
    try {
      barrier_.wait();
    } catch (const mp::BrokenBarrierError&) {
      if (number == 0) {
        barrier_.reset();
      } else {
        let_pass(milliseconds(1));  // Until participant 0 resets it.
      }
    }
    return Clock::now() - begin > killer_deadline ? "a wait for a dead process" : "";
  }

 private:
  mp::Barrier barrier_{4};
};

}  // namespace

std::vector<std::unique_ptr<KillerSubject>> synchronize_subjects() {
  std::vector<std::unique_ptr<KillerSubject>> subjects;
  subjects.push_back(std::make_unique<LockSubject<mp::Lock>>("Lock"));
  subjects.push_back(std::make_unique<LockSubject<mp::RLock>>("RLock"));
  subjects.push_back(std::make_unique<SemaphoreSubject>());
  subjects.push_back(std::make_unique<ConditionSubject>());
  subjects.push_back(std::make_unique<EventSubject>());
  subjects.push_back(std::make_unique<BarrierSubject>());
  return subjects;
}

}  // namespace progeny::testing
