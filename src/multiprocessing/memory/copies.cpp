#include "multiprocessing/memory/copies.hpp"

#include "base/deadline.hpp"
#include "base/made_early.hpp"
#include "platform/io/pipe.hpp"
#include "platform/io/readable.hpp"
#include "platform/process/fork.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// How many waiting objects a call looks at: enough to keep up, and few enough not to be noticed.
constexpr int looks_per_call = 4;

// The forks numbered from `first` to before `last`.
struct Span {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  Handle read_end;  // Closed at the other end once all copies are gone. None: nobody can know.

  [[nodiscard]] bool is_over() const noexcept {
    if (!read_end) {
      return false;
    }
    try {
      return platform::is_readable(read_end.get(),
                                   progeny::detail::Deadline(std::chrono::nanoseconds::zero()));
    } catch (...) {
      return false;
    }
  }
};

struct Waiting {
  std::uint64_t since = 0;  // Copies of the forks from here to before `until` may use it.
  std::uint64_t until = 0;
  std::function<void()> give_up;
};
using WaitingList = std::list<Waiting>;

struct State {
  std::mutex mutex;         // Guards what follows. Held across forks.
  std::uint64_t forks = 0;  // So far.
  std::size_t users = 0;    // Objects between `enter` and `leave`.
  std::list<Span> spans;    // Ended ones, by time, whose copies may exist.
  std::optional<Span> current;
  Handle write_end;  // Of `current`.
  WaitingList waiting;

  void before_fork() noexcept;
  void after_fork_in_parent() noexcept;
  void after_fork_in_child() noexcept;
  void end_current();
  [[nodiscard]] bool is_needed(std::uint64_t since, std::uint64_t until) noexcept;
  [[nodiscard]] WaitingList take_over() noexcept;
};

// Never destroyed: objects of static storage may use it later.
State& state() {
  static auto* const only = new State;  // NOLINT(cppcoreguidelines-owning-memory): as said above.
  return *only;
}

const progeny::detail::MadeEarly early([] {
  static_cast<void>(state());
  platform::on_fork({.before = []() noexcept { state().before_fork(); },
                     .after_in_parent = []() noexcept { state().after_fork_in_parent(); },
                     .after_in_child = []() noexcept { state().after_fork_in_child(); }});
});

// Without objects the copy has nothing to hold. Without a pipe, when the table of descriptors is
// full, the objects of now are never given up.
void State::before_fork() noexcept {
  mutex.lock();
  if (users == 0 || current) {
    return;
  }
  current = Span{.first = forks, .last = forks, .read_end = {}};
  try {
    platform::Pipe pipe = platform::make_pipe(platform::PipeEnd::read);
    current->read_end = std::move(pipe.read_end);
    write_end = std::move(pipe.write_end);
  } catch (...) {  // NOLINT(bugprone-empty-catch): see above.
  }
}

void State::after_fork_in_parent() noexcept {
  ++forks;
  mutex.unlock();
}

// The parent's objects are not this process's to give up. The write end stays open: it is what the
// parent knows this process by.
void State::after_fork_in_child() noexcept {
  static_cast<void>(write_end.release());
  current.reset();
  spans.clear();
  waiting.clear();
  users = 0;
  forks = 0;
  mutex.unlock();
}

// Also drops what is known of copies that have ended.
void State::end_current() {
  std::erase_if(spans, [](const Span& span) { return span.is_over(); });
  spans.emplace_back();
  spans.back() = std::move(*current);
  spans.back().last = forks;
  current.reset();
  write_end.reset();
}

// Whether there may be copies of the forks from `since` to before `until`.
bool State::is_needed(std::uint64_t since, std::uint64_t until) noexcept {
  for (auto span = spans.begin(); span != spans.end();) {
    if (span->last <= since || span->first >= until) {
      ++span;
    } else if (span->is_over()) {
      span = spans.erase(span);
    } else {
      return true;
    }
  }
  return false;
}

// Takes out the objects that no copy needs any more. Those that are needed are looked at in turn, a
// few at a time.
WaitingList State::take_over() noexcept {
  WaitingList over;
  int looks = looks_per_call;
  for (auto left = waiting.size(); left != 0 && looks != 0; --left) {
    const bool stays = is_needed(waiting.front().since, waiting.front().until);
    WaitingList& to = stays ? waiting : over;
    to.splice(to.end(), waiting, waiting.begin());
    looks -= stays ? 1 : 0;
  }
  return over;
}

// Without the mutex: they take others.
void give_up_all(const WaitingList& over) {
  for (const Waiting& object : over) {
    object.give_up();
  }
}

}  // namespace

std::uint64_t Copies::enter() {
  State& all = state();
  WaitingList over;
  std::uint64_t forks = 0;
  {
    const std::lock_guard lock(all.mutex);
    over = all.take_over();
    ++all.users;
    forks = all.forks;
  }
  give_up_all(over);
  return forks;
}

bool Copies::leave(std::uint64_t since) noexcept {
  State& all = state();
  WaitingList over;
  bool is_needed = false;
  {
    const std::lock_guard lock(all.mutex);
    over = all.take_over();
    --all.users;
    try {
      if (all.current && since < all.forks) {
        all.end_current();
      }
      is_needed = all.is_needed(since, all.forks);
    } catch (...) {
      is_needed = true;  // No memory.
    }
    if (all.users == 0 && all.waiting.empty() && !is_needed) {
      all.current.reset();
      all.write_end.reset();
      all.spans.clear();
    }
  }
  give_up_all(over);
  return !is_needed;
}

void Copies::later(std::uint64_t since, std::function<void()> give_up) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  all.waiting.push_back({.since = since, .until = all.forks, .give_up = std::move(give_up)});
}

}  // namespace progeny::multiprocessing::detail
