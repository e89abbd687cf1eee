#include "support/children/child_args.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Threads that allocate and free without pause, for as long as it lives: at any moment one of them
// is likely to hold a lock of the allocator, which a copy of the process would find locked.
class BusyAllocator {
 public:
  BusyAllocator() {
    for (std::jthread& thread : threads_) {
      thread = std::jthread([](const std::stop_token& stop) {
        std::vector<std::string> blocks(64);
        for (std::size_t round = 0; !stop.stop_requested(); ++round) {
          blocks[round % blocks.size()] = std::string(1 + round * 7919 % 100'000, 'x');
        }
      });
    }
  }

 private:
  std::array<std::jthread, 2> threads_;
};

void launch_many(const sp::Options& options) {
  for (int i = 0; i < 10; ++i) {
    const std::string word = std::to_string(i);
    const auto done = sp::run(child("print", word, word, "3"), options);
    EXPECT_EQ(done.std_out, word);
    EXPECT_EQ(done.std_err, word);
    EXPECT_EQ(done.returncode, 3);
  }
}

void launch_from_threads(const sp::Options& options) {
  std::array<std::jthread, 4> threads;
  for (std::jthread& thread : threads) {
    thread = std::jthread([&options] { launch_many(options); });
  }
}

TEST(BusyAllocator, DoesNotDisturbLaunches) {
  const BusyAllocator busy;
  launch_from_threads({.capture_output = true});
}

TEST(BusyAllocator, DoesNotDisturbLaunchesWithEveryOption) {
  const BusyAllocator busy;
  launch_from_threads({.capture_output = true,
                       .cwd = "/",
                       .env = {{"PROGENY_FRUIT", "apple"}},
                       .start_new_session = true,
                       .umask = 022});
}

TEST(BusyAllocator, DoesNotDisturbLaunchesWithAHook) {
  const BusyAllocator busy;
  launch_from_threads({.capture_output = true, .preexec_fn = [] {}});
}

TEST(BusyAllocator, DoesNotDisturbLaunchesThatFail) {
  const BusyAllocator busy;
  for (const bool hook : {false, true}) {
    sp::Options options = all_pipes();
    if (hook) {
      options.preexec_fn = [] {};
    }
    for (int i = 0; i < 10; ++i) {
      EXPECT_THROW(sp::Popen({"/no/such/program"}, options), progeny::OSError);
    }
  }
}

}  // namespace
