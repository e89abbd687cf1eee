#include "soak/killer.posix.hpp"

#include "soak/shared.posix.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/program/let_pass.hpp"

#include <progeny/multiprocessing/synchronize.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iterator>
#include <mutex>
#include <random>

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

// What the participants tell the killer. Lies in memory that all share.
struct Report {
  static constexpr std::size_t most_participants = 16;
  std::atomic<std::uint64_t> steps = 0;
  std::array<std::atomic<Clock::time_point>, most_participants>
      began{};  ///< When each began its last step.
  std::atomic<bool> is_wrong = false;
  std::array<char, 200> what{};
};

class Killing {
 public:
  explicit Killing(KillerSubject& subject) : subject_(subject) {
    for (int number = 0; number < subject.participants(); ++number) {
      participants_.push_back(start(number));
    }
  }

  std::string run(milliseconds duration) {
    const auto begin = Clock::now();
    int kills = 0;
    std::string held_up;
    while (Clock::now() - begin < duration && !report_->is_wrong && held_up.empty()) {
      let_pass(std::chrono::microseconds(pick(6000)));
      // One participant is left alone for a while: only one that lives can be held up for long.
      const auto turn = static_cast<std::size_t>((Clock::now() - begin) / turn_of_survivor);
      const std::size_t survivor = turn % participants_.size();
      const std::size_t victim = pick(participants_.size());
      if (victim != survivor) {
        participants_[victim]->kill();
        participants_[victim] = start(static_cast<int>(victim));
        ++kills;
      }
      held_up = whether_held_up(survivor, begin + turn * turn_of_survivor);
    }
    participants_.clear();
    std::string wrong = report_->is_wrong ? std::string(report_->what.data()) : held_up;
    if (wrong.empty()) {
      wrong = subject_.verdict();
    }
    fmt::print("killer {:10} {} steps, {} killed in {:.1f} s: {}\n",
               subject_.name(),
               report_->steps.load(),
               kills,
               std::chrono::duration<double>(Clock::now() - begin).count(),
               wrong.empty() ? "good" : wrong);
    std::fflush(stdout);
    return wrong;
  }

 private:
  static constexpr milliseconds turn_of_survivor{3000};

  [[nodiscard]] std::string whether_held_up(std::size_t survivor, Clock::time_point since) const {
    const auto began = std::max(report_->began[survivor].load(), since);
    return Clock::now() - began > killer_deadline + milliseconds(500)
               ? fmt::format("participant {} was held up", survivor)
               : "";
  }

  std::unique_ptr<ForkedChild> start(int number) {
    return std::make_unique<ForkedChild>([this, number] { return take_part(number); });
  }

  int take_part(int number) {
    for (;;) {
      std::string wrong;
      report_->began[static_cast<std::size_t>(number)] = Clock::now();
      try {
        wrong = subject_.step(number);
      } catch (const std::exception& error) {
        wrong = error.what();
      }
      ++report_->steps;
      if (!wrong.empty()) {
        wrong.copy(report_->what.data(), report_->what.size() - 1);
        report_->is_wrong = true;
        return 1;
      }
    }
  }

  std::size_t pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }

  KillerSubject& subject_;
  Shared<Report> report_;
  std::vector<std::unique_ptr<ForkedChild>> participants_;
  std::mt19937 random_{std::random_device()()};
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

std::string kill_participants_of(KillerSubject& subject, milliseconds duration) {
  return Killing(subject).run(duration);
}

bool killer(milliseconds duration) {
  bool right = true;
  auto subjects = synchronize_subjects();
  std::ranges::move(queue_subjects(), std::back_inserter(subjects));
  subjects.push_back(pipe_subject());
  for (const auto& subject : subjects) {
    right = kill_participants_of(*subject, duration / static_cast<int>(subjects.size())).empty() &&
            right;
  }
  return right;
}

}  // namespace progeny::testing
