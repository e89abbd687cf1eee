#include "support/children/child_args.hpp"
#include "support/system/process_facts.posix.hpp"
#include "support/system/scoped_limit.posix.hpp"

#include <progeny/os/environment.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include <sys/resource.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// The fastest of some launches: what the machine does besides only makes them slower.
std::chrono::nanoseconds launch_time(rlim_t descriptor_limit) {
  const ScopedLimit limit(RLIMIT_NOFILE, descriptor_limit);
  auto best = std::chrono::nanoseconds::max();
  for (int i = 0; i < 10; ++i) {
    const auto start = std::chrono::steady_clock::now();
    sp::Popen p(child("exit_with", "0"));
    best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - start);
    p.wait();
  }
  return best;
}

// SP-218
TEST(Launch, CostDoesNotGrowWithTheDescriptorLimit) {
  const auto low = launch_time(256);
  const auto high = launch_time(1'000'000);
  EXPECT_LT(high, low * 4 + 5ms);
}

// SP-219
TEST(Robustness, AThousandLaunchesLeaveNothingBehind) {
  sp::run(child("exit_with", "0"), {.capture_output = true});  // What is set up once.
  const std::size_t descriptors = open_descriptors();
  const std::string threads = status_line("Threads");
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(sp::call(child("exit_with", std::to_string(i % 256))), i % 256);
  }
  EXPECT_EQ(open_descriptors(), descriptors);
  EXPECT_EQ(status_line("Threads"), threads);
}

// SP-214
TEST(Robustness, TheSuitePassesWithoutTheNewerKernelFeatures) {
  auto environment = progeny::os::environment();
  environment.set("PROGENY_WITHOUT", "pidfd,close_range,nosignal_write");
  environment.erase("GTEST_OUTPUT");
  const auto done = sp::run(
      {"/proc/self/exe", "--gtest_filter=Wait.*:Poll.*:WaitThreads.*:Communicate*:BrokenPipe.*"},
      {.capture_output = true, .env = environment});
  EXPECT_EQ(done.returncode, 0) << done.std_out.value_or("") << done.std_err.value_or("");
}

}  // namespace
