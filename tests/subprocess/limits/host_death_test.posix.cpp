#include "support/children/child_args.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// The children that a host has when it is killed.
struct Family {
  std::vector<sp::Popen> waiting;   // End with code 5 at the end of their input.
  std::vector<sp::Popen> writing;   // Fill the pipe that is their output, and more.
  std::vector<sp::Popen> sleeping;  // Stay, whatever becomes of their pipes.
};

// What other processes know of it.
struct Pids {
  std::vector<int> waiting;
  std::vector<int> writing;
  std::vector<int> sleeping;
};

// A copy of this process that launches children, and stays until it is killed. The children fall to
// this process then, so that it learns how they end.
class Host {
 public:
  // `launch` gets a descriptor too, for whatever it wants to tell through `read`.
  explicit Host(const std::function<void(int tell)>& launch) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::alarm(600);  // A failing test must not leave it for ever.
      run(launch);
    }
    pipe_.write_end.reset();
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host() {
    kill();
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  }

  // A number that `launch` wrote, or -1 if it ended without.
  [[nodiscard]] int read() const {
    int number = -1;
    return ::read(pipe_.read_end.get(), &number, sizeof number) == sizeof number ? number : -1;
  }

  void kill() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      int status = 0;
      EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
      EXPECT_TRUE(WIFSIGNALED(status));
      pid_ = 0;
    }
  }

 private:
  // An exception ends the host. The test, which waits for its numbers, then sees the pipe's end.
  [[noreturn]] void run(const std::function<void(int)>& launch) const noexcept {
    launch(pipe_.write_end.get());
    for (;;) {
      ::pause();
    }
  }

  OwnPipe pipe_;
  pid_t pid_ = 0;
};

void tell(int descriptor, int number) {
  static_cast<void>(!::write(descriptor, &number, sizeof number));
}

void tell(int descriptor, const std::vector<sp::Popen>& children) {
  tell(descriptor, static_cast<int>(children.size()));
  for (const sp::Popen& p : children) {
    tell(descriptor, p.pid());
  }
}

std::vector<int> read_pids(const Host& host) {
  std::vector<int> pids;
  for (int count = host.read(); count > 0; --count) {
    pids.push_back(host.read());
  }
  return pids;
}

// Launches a family in a host, kills the host, and returns the processes that are left.
Pids orphans_of(const std::function<void(Family&)>& launch) {
  Host host([&](int descriptor) {
    Family family;
    launch(family);
    tell(descriptor, family.waiting);
    tell(descriptor, family.writing);
    tell(descriptor, family.sleeping);
    ::pause();  // With the family, which would be let go else.
  });
  Pids pids;
  pids.waiting = read_pids(host);
  pids.writing = read_pids(host);
  pids.sleeping = read_pids(host);
  host.kill();
  return pids;
}

// How a child ends after its host has died.
int end_of(int pid) {
  int status = -1;
  EXPECT_TRUE(eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; }))
      << "the child is blocked";
  return status;
}

void expect_ends(const Pids& pids) {
  for (const int pid : pids.waiting) {
    EXPECT_EQ(end_of(pid), W_EXITCODE(5, 0));
  }
  for (const int pid : pids.writing) {
    EXPECT_EQ(end_of(pid), W_EXITCODE(0, SIGPIPE));
  }
  for (const int pid : pids.sleeping) {
    EXPECT_TRUE(is_running(pid));
    ::kill(pid, SIGKILL);
    EXPECT_EQ(end_of(pid), W_EXITCODE(0, SIGKILL));
  }
}

sp::Popen waiting(const sp::Options& options) {
  return sp::Popen(child("exit_on_eof", "5"), options);
}

sp::Popen writing(const sp::Options& options) {
  return sp::Popen(child("flood_both", "200000"), options);
}

sp::Popen sleeping(const sp::Options& options) {
  return sp::Popen(child("pause_until_killed"), options);
}

// All ways in which a sibling might come to hold a pipe.
std::array<sp::Options, 4> all_ways() {
  std::array<sp::Options, 4> ways;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    ways[i] = all_pipes();
    ways[i].close_fds = i % 2 == 0;
    if (i >= 2) {
      ways[i].preexec_fn = [] {};
    }
  }
  return ways;
}

TEST(KilledHost, LeavesNoChildBlockedInReading) {
  const Pids pids =
      orphans_of([](Family& family) { family.waiting.push_back(waiting(all_pipes())); });
  EXPECT_EQ(pids.waiting.size(), 1U);
  expect_ends(pids);
}

TEST(KilledHost, LeavesNoChildBlockedInWriting) {
  const Pids pids =
      orphans_of([](Family& family) { family.writing.push_back(writing(all_pipes())); });
  EXPECT_EQ(pids.writing.size(), 1U);
  expect_ends(pids);
}

TEST(KilledHost, LeavesNoPipeInASiblingsHands) {
  const Pids pids = orphans_of([](Family& family) {
    for (const sp::Options& options : all_ways()) {
      family.waiting.push_back(waiting(options));
      family.sleeping.push_back(sleeping(options));
      family.writing.push_back(writing(options));
    }
    for (const sp::Options& options : all_ways()) {
      family.sleeping.push_back(sleeping(options));
    }
  });
  EXPECT_EQ(pids.sleeping.size(), 8U);
  expect_ends(pids);
}

// Calls `work` in several threads, each with a number of its own.
void in_threads(const std::function<void(std::size_t)>& work) {
  std::vector<std::jthread> threads;
  for (std::size_t number = 0; number < all_ways().size(); ++number) {
    threads.emplace_back([&work, number] { work(number); });
  }
}

TEST(KilledHost, LeavesNoPipeWithASiblingOfAnotherThread) {
  const Pids pids = orphans_of([](Family& family) {
    std::mutex mutex;
    in_threads([&](std::size_t number) {
      const sp::Options options = all_ways().at(number);
      for (int i = 0; i < 5; ++i) {
        sp::Popen one = waiting(options);
        sp::Popen two = sleeping(options);
        const std::lock_guard lock(mutex);
        family.waiting.push_back(std::move(one));
        family.sleeping.push_back(std::move(two));
      }
    });
  });
  EXPECT_EQ(pids.sleeping.size(), 20U);
  expect_ends(pids);
}

// Reaps the children of this process until none is left.
bool all_have_ended() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

TEST(KilledHost, LeavesNoChildBlockedThatWasJustBeingLaunched) {
  for (int launches = 1; launches <= 10; ++launches) {
    Host host([](int descriptor) {
      in_threads([descriptor](std::size_t number) {
        std::vector<sp::Popen> children;
        for (int i = 0; i < 20; ++i) {
          children.push_back(waiting(all_ways().at(number)));
          tell(descriptor, children.back().pid());
        }
        ::pause();
      });
    });
    for (int i = 0; i < launches; ++i) {
      ASSERT_GT(host.read(), 0);
    }
    host.kill();
    EXPECT_TRUE(eventually(&all_have_ended)) << launches;
  }
}

}  // namespace
