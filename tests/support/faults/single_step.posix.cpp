#include "support/faults/single_step.posix.hpp"

#include "support/children/process_copy.posix.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace progeny::testing {

namespace {

// Of those moments that others cannot tell from the last one. Under a sanitizer an operation has a
// hundred times as many instructions, most of them its own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t most_silent_moments = 50;
#else
constexpr std::size_t most_silent_moments = 250;
#endif

// One of so many moments may not come again, neither by its place nor by its number. The allocator,
// for one, does not go the same way each time, and a page that is copied late takes other steps.
constexpr std::size_t moments_for_a_miss = 4;

int status_of(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) == -1 && errno == EINTR) {
  }
  return status;
}

// What PTRACE_PEEKUSER and PTRACE_POKEUSER take instead of an address.
void* in_user(std::size_t offset) {
  return reinterpret_cast<void*>(offset);  // NOLINT(performance-no-int-to-ptr): see above.
}

}  // namespace

// The body lies between two signals that the process stops at.
SteppedChild::SteppedChild(const std::function<void()>& prepare, const std::function<void()>& body)
    : pid_(::fork()) {
  if (pid_ == 0) {
    try {
      if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) {
        prepare();
        static_cast<void>(::raise(SIGSTOP));
        body();
        static_cast<void>(::raise(SIGSTOP));
      }
      ::_exit(0);
    } catch (...) {
      ::_exit(copy_failed);
    }
  }
  is_stopped_ = WIFSTOPPED(status_of(pid_));
}

void SteppedChild::kill() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    if (is_stopped_) {
      static_cast<void>(status_of(pid_));
    }
    pid_ = -1;
  }
}

// Until the next stop. Returns false if the body has ended there.
bool SteppedChild::go_on(int request) {
  if (::ptrace(static_cast<__ptrace_request>(request), pid_, nullptr, nullptr) != 0) {
    return false;
  }
  const int status = status_of(pid_);
  is_stopped_ = WIFSTOPPED(status);
  is_done_ = is_stopped_ && WSTOPSIG(status) == SIGSTOP;
  return is_stopped_ && !is_done_;
}

#ifdef __x86_64__
std::uintptr_t SteppedChild::place() const {
  return static_cast<std::uintptr_t>(
      ::ptrace(PTRACE_PEEKUSER, pid_, in_user(offsetof(user_regs_struct, rip)), nullptr));
}

bool SteppedChild::is_at_call(std::uintptr_t place) const {
  constexpr long syscall_instruction = 0x050f;
  return (::ptrace(PTRACE_PEEKTEXT, pid_, in_user(place), nullptr) & 0xffff) == syscall_instruction;
}

// By a breakpoint in the text of the child, which is its own copy. Debug registers do without, but
// not every virtual machine has them.
bool SteppedChild::go_on_to(std::uintptr_t place) {
  // An instruction that repeats itself takes several steps.
  while (this->place() == place) {
    if (!go_on(PTRACE_SINGLESTEP)) {
      return false;
    }
  }
  constexpr std::uintptr_t breakpoint = 0xcc;
  constexpr std::uintptr_t first_byte = 0xff;
  const auto text =
      static_cast<std::uintptr_t>(::ptrace(PTRACE_PEEKTEXT, pid_, in_user(place), nullptr));
  const auto write = [&](std::uintptr_t word) {
    return ::ptrace(PTRACE_POKETEXT, pid_, in_user(place), in_user(word)) == 0;
  };
  if (!write((text & ~first_byte) | breakpoint) || !go_on(PTRACE_CONT) ||
      this->place() != place + 1) {
    return false;
  }
  return write(text) &&
         ::ptrace(
             PTRACE_POKEUSER, pid_, in_user(offsetof(user_regs_struct, rip)), in_user(place)) == 0;
}
#else
std::uintptr_t SteppedChild::place() const {
  return 0;
}

bool SteppedChild::is_at_call(std::uintptr_t /*place*/) const {
  return true;
}

bool SteppedChild::go_on_to(std::uintptr_t /*place*/) {
  return false;
}
#endif

std::vector<Moment> SteppedChild::moments(std::span<const std::byte> shared) {
  std::vector<std::byte> seen(shared.begin(), shared.end());
  std::unordered_map<std::uintptr_t, int> arrivals;
  std::vector<Moment> found;
  std::uintptr_t last = 0;
  std::size_t steps = 0;
  bool has_told = true;
  do {
    const std::uintptr_t here = place();
    if (std::memcmp(shared.data(), seen.data(), seen.size()) != 0) {
      seen.assign(shared.begin(), shared.end());
      has_told = true;
    }
    if (here == 0 || here != last) {
      found.push_back(
          {.place = here, .arrival = ++arrivals[here], .steps = steps, .has_told = has_told});
      has_told = is_at_call(here);
    }
    last = here;
    ++steps;
  } while (go_on(PTRACE_SINGLESTEP));
  return found;
}

bool SteppedChild::run_to_arrival(const Moment& moment) {
  if (moment.steps == 0) {
    return true;
  }
  if (moment.place == 0) {
    return run_steps(moment);
  }
  for (int i = place() == moment.place ? 1 : 0; i < moment.arrival; ++i) {
    if (!go_on_to(moment.place)) {
      return false;
    }
  }
  return true;
}

bool SteppedChild::run_steps(const Moment& moment) {
  for (std::size_t i = 0; i < moment.steps; ++i) {
    if (!go_on(PTRACE_SINGLESTEP)) {
      return false;
    }
  }
  return true;
}

bool SteppedChild::run_to_end() {
  while (!is_done_ && go_on(PTRACE_CONT)) {
  }
  return is_done_;
}

namespace {

void play(const std::function<std::unique_ptr<Scene>()>& make,
          const std::function<void(SteppedChild&, Scene&)>& go_on) {
  const std::unique_ptr<Scene> scene = make();
  SteppedChild child([&] { scene->prepare(); }, [&] { scene->operate(); });
  if (!child.is_stopped()) {
    GTEST_SKIP() << "processes may not be traced here";
  }
  scene->begin(child.pid());
  go_on(child, *scene);
  child.kill();
  scene->check(child.is_done());
}

std::vector<Moment> moments_of(const std::function<std::unique_ptr<Scene>()>& make) {
  std::vector<Moment> moments;
  play(make, [&](SteppedChild& child, const Scene& scene) {
    moments = child.moments(scene.shared());
    EXPECT_TRUE(child.is_done()) << "the operation has failed";
  });
  return moments;
}

// Leaves out as many as the test has no time for.
void thin_out(std::vector<Moment>& moments, Moments which) {
  const bool is_patient = std::getenv("PROGENY_KILL_EVERYWHERE") != nullptr;
  const std::size_t stride = is_patient ? 1 : moments.size() / most_silent_moments + 1;
  std::size_t silent = 0;
  std::erase_if(moments, [&](const Moment& moment) {
    return !moment.has_told && (which == Moments::told || silent++ % stride != 0);
  });
}

// Plays the scene once for each moment of its operation; `act` follows when it has come there.
void play_everywhere(const std::function<std::unique_ptr<Scene>()>& make,
                     Moments which,
                     const char* what,
                     const std::function<void(SteppedChild&, Scene&)>& act) {
  // The first times go another way, here and in the check: the loader looks up what is called.
  play(make, [](SteppedChild&, const Scene&) {});
  static_cast<void>(moments_of(make));
  std::vector<Moment> moments = moments_of(make);
  const std::size_t all = moments.size();
  thin_out(moments, which);
  std::size_t missed = 0;
  for (const Moment& moment : moments) {
    if (::testing::Test::HasFailure()) {
      return;
    }
    SCOPED_TRACE(
        fmt::format("{} after {} instructions, before {:#x}", what, moment.steps, moment.place));
    bool has_come = false;
    play(make, [&](SteppedChild& child, Scene& scene) {
      has_come = child.run_to_arrival(moment);
      act(child, scene);
    });
    if (!has_come) {
      play(make, [&](SteppedChild& child, Scene& scene) {
        missed += child.run_steps(moment) ? 0 : 1;
        act(child, scene);
      });
    }
  }
  // A process that sleeps takes another path so often that a share of misses would say nothing.
  EXPECT_TRUE(missed * moments_for_a_miss <= moments.size() || which == Moments::told)
      << missed << " missed";
  fmt::print("{} at {} moments of {}; {} did not come again\n", what, moments.size(), all, missed);
}

}  // namespace

void kill_everywhere(const std::function<std::unique_ptr<Scene>()>& make, Moments which) {
  play_everywhere(make, which, "killed", [](SteppedChild&, const Scene&) {});
}

void stop_everywhere(const std::function<std::unique_ptr<Scene>()>& make, Moments which) {
  play_everywhere(make, which, "stopped", [](SteppedChild& child, Scene& scene) {
    scene.while_stopped();
    EXPECT_TRUE(child.run_to_end()) << "what was stopped did not go on to its end";
  });
}

}  // namespace progeny::testing
