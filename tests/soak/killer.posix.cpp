#include "soak/killer.posix.hpp"

#include "soak/shared.posix.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/program/let_pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
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
      if (victim != survivor && victim != stopped_) {
        participants_[victim]->kill();
        participants_[victim] = start(static_cast<int>(victim));
        ++kills;
      }
      if (subject_.stands_stops()) {
        stop_or_continue(survivor);
      }
      held_up = whether_held_up(survivor, begin + turn * turn_of_survivor);
    }
    participants_.clear();
    std::string wrong = report_->is_wrong ? std::string(report_->what.data()) : held_up;
    if (wrong.empty()) {
      wrong = subject_.verdict();
    }
    fmt::print("killer {:10} {} steps, {} killed, {} stopped in {:.1f} s: {}\n",
               subject_.name(),
               report_->steps.load(),
               kills,
               stops_,
               std::chrono::duration<double>(Clock::now() - begin).count(),
               wrong.empty() ? "good" : wrong);
    std::fflush(stdout);
    return wrong;
  }

 private:
  static constexpr milliseconds turn_of_survivor{3000};
  static constexpr std::size_t none = ~std::size_t{0};

  // One at a time, and not the one that must not be held up.
  void stop_or_continue(std::size_t survivor) {
    if (stopped_ != none && (stopped_ == survivor || Clock::now() > stopped_until_)) {
      ::kill(participants_[stopped_]->pid(), SIGCONT);
      stopped_ = none;
    }
    if (const std::size_t victim = pick(participants_.size());
        stopped_ == none && victim != survivor) {
      constexpr std::size_t longest_stop = 3000;
      // Mostly short, as it is in the middle of a step for a small part of its time only.
      stopped_until_ = Clock::now() + milliseconds(pick(pick(longest_stop) + 1));
      stopped_ = victim;
      ::kill(participants_[victim]->pid(), SIGSTOP);
      ++stops_;
    }
  }

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
  std::size_t stopped_ = none;
  Clock::time_point stopped_until_;
  int stops_ = 0;
  std::mt19937 random_{std::random_device()()};
};

}  // namespace

std::string kill_participants_of(KillerSubject& subject, milliseconds duration) {
  return Killing(subject).run(duration);
}

bool killer(milliseconds duration) {
  bool right = true;
  auto subjects = synchronize_subjects();
  std::ranges::move(queue_subjects(), std::back_inserter(subjects));
  subjects.push_back(pipe_subject());
  subjects.push_back(stopped_pipe_subject());
  for (const auto& subject : subjects) {
    right = kill_participants_of(*subject, duration / static_cast<int>(subjects.size())).empty() &&
            right;
  }
  return right;
}

}  // namespace progeny::testing
