#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// One of the threads of the test below.
void capture_fifty(int thread) {
  for (int i = 0; i < 50; ++i) {
    const std::string out = std::to_string(thread) + "-" + std::to_string(i);
    const auto done = sp::run(child("print", out, "err " + out, std::to_string(thread)),
                              {.capture_output = true});
    EXPECT_EQ(done.std_out, out);
    EXPECT_EQ(done.std_err, "err " + out);
    EXPECT_EQ(done.returncode, thread);
  }
}

// SP-219, SP-072
TEST(Robustness, EightThreadsThatCaptureNeverMixTheirOutputs) {
  const std::size_t descriptors = open_descriptors();
  {
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back(capture_fifty, thread);
    }
  }
  EXPECT_EQ(open_descriptors(), descriptors);
}

// SP-219
TEST(Robustness, EightThreadsThatFeedMegabytesGetThemBack) {
  std::vector<std::jthread> threads;
  threads.reserve(8);
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([thread] {
      const std::string input = std::to_string(thread) + pattern(700'000);
      const auto done = sp::run(child("echo_stdin"), {.input = input, .std_out = sp::PIPE});
      EXPECT_TRUE(done.std_out == input);
    });
  }
}

}  // namespace
