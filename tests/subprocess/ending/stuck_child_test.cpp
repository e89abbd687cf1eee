#include "support/children/child_args.hpp"
#include "support/children/flood.hpp"
#include "support/children/let_go.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;
using sp::AtScopeExit;
using Clock = std::chrono::steady_clock;

// More than the largest pipe holds.
constexpr std::size_t bulk = 3U << 20U;

TEST(ChildThatNeverReads, CostsCommunicateNoProcessorTime) {
  sp::Popen p(child("pause_until_killed"), all_pipes());
  EXPECT_THROW(p.communicate(std::string(bulk, 'x'), 0s), sp::TimeoutExpired);
  const auto before = processor_time();
  EXPECT_THROW(p.communicate({}, 400ms), sp::TimeoutExpired);
  EXPECT_LT(processor_time() - before, 200ms);
  p.kill();
  EXPECT_EQ(p.communicate().std_out, "");
}

TEST(ChildThatNeverReads, IsKilledWhenTheTimeOfRunIsUp) {
  EXPECT_THROW(sp::run(child("pause_until_killed"),
                       {.input = std::string(bulk, 'x'), .capture_output = true, .timeout = 50ms}),
               sp::TimeoutExpired);
  EXPECT_FALSE(has_child());
}

TEST(ChildThatNeverReads, DoesNotHoldUpAScopeExit) {
  for (const auto ending : {AtScopeExit::kill, AtScopeExit::terminate, AtScopeExit::release}) {
    sp::Options options = all_pipes();
    options.at_scope_exit = ending;
    int pid = 0;
    {
      sp::Popen p(child("pause_until_killed"), options);
      pid = p.pid();
      EXPECT_THROW(p.communicate(std::string(bulk, 'x'), 0s), sp::TimeoutExpired);
    }
    if (ending == AtScopeExit::release) {
      kill_and_await_reaping(pid);
    }
    EXPECT_TRUE(is_gone(pid));
  }
}

TEST(ChildThatFloodsBoth, IsReadCompletely) {
  flood(8U << 20U, -1);
}

TEST(ChildThatFloodsBoth, IsReadCompletelyAfterTimesUp) {
  const std::string expected = pattern(8U << 20U);
  sp::Popen p(child("flood_both", std::to_string(expected.size())), all_pipes());
  EXPECT_THROW(p.wait(50ms), sp::TimeoutExpired);
  for (int i = 0; i < 20 && !p.returncode(); ++i) {
    try {
      p.communicate({}, 1ms);
    } catch (const sp::TimeoutExpired&) {
      continue;
    }
  }
  const sp::Output output = p.communicate();
  EXPECT_TRUE(output.std_out == expected);
  EXPECT_TRUE(output.std_err == expected);
}

}  // namespace
