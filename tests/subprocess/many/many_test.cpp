// Several children at once: wait_any, as_completed, run_many.

#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess.hpp>
#include <progeny/subprocess/many.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace progeny::subprocess {

namespace {

using namespace std::chrono_literals;
using testing::child;
using testing::very_long;

Popen idle_child() {
  return Popen(child("exit_on_eof", "0"), {.std_in = PIPE, .at_scope_exit = AtScopeExit::kill});
}

TEST(WaitAny, ReturnsTheOneThatEnds) {
  std::vector<Popen> children;
  for (int i = 0; i < 3; ++i) {
    children.push_back(idle_child());
  }
  EXPECT_FALSE(wait_any(std::span(children), 10ms));
  children[1].std_in().close();
  EXPECT_EQ(wait_any(std::span(children), very_long), 1U);
  EXPECT_TRUE(children[1].returncode());
  EXPECT_EQ(wait_any(std::span(children), 0ms), 1U);
  EXPECT_FALSE(wait_any(std::span<Popen>()));
}

TEST(WaitAny, ListensToAStop) {
  std::vector<Popen> children;
  children.push_back(idle_child());
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW(static_cast<void>(wait_any(std::span(children), {}, source.get_token())),
               CancelledError);
}

TEST(AsCompletedTest, ReturnsEachOnceInTheOrderOfTheirEnds) {
  std::vector<Popen> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(idle_child());
  }
  AsCompleted ends = as_completed(std::span(children), very_long);
  for (const std::size_t i : {2U, 0U, 3U, 1U}) {
    EXPECT_FALSE(ends.is_done());
    children[i].std_in().close();
    EXPECT_EQ(ends.next(), i);
  }
  EXPECT_TRUE(ends.is_done());
  EXPECT_FALSE(ends.next());
  std::set<std::size_t> all;
  for (const std::size_t i : as_completed(std::span(children))) {
    all.insert(i);
  }
  EXPECT_EQ(all.size(), 4U);
}

TEST(RunMany, RunsAllAndKeepsTheirOrder) {
  std::vector<Job> jobs;
  for (int i = 0; i < 12; ++i) {
    jobs.push_back({child("print", std::to_string(i), ""), {.std_out = PIPE}});
  }
  std::set<std::size_t> seen;
  const auto results = run_many(jobs, {.at_once = 3, .on_result = [&](const JobResult& result) {
                                         seen.insert(result.index);
                                       }});
  ASSERT_EQ(results.size(), 12U);
  for (std::size_t i = 0; i < results.size(); ++i) {
    ASSERT_TRUE(results[i].is_good());
    EXPECT_EQ(results[i].done->std_out, std::to_string(i));
  }
  EXPECT_EQ(seen.size(), 12U);
  EXPECT_TRUE(run_many(std::vector<Job>()).empty());
}

TEST(RunMany, AFailureIsAResult) {
  const auto results = run_many({{child("exit_with", "3")},
                                 {{"/no/such/program"}},
                                 {child("pause_until_killed"), {.timeout = 10ms}}},
                                {.at_once = 2});
  EXPECT_EQ(results[0].done->returncode, 3);
  EXPECT_THROW(std::rethrow_exception(results[1].error), OSError);
  EXPECT_THROW(std::rethrow_exception(results[2].error), TimeoutExpired);
  EXPECT_FALSE(testing::has_child());
}

TEST(RunMany, TakesJobsAsTheyCanBeStarted) {
  int asked = 0;
  const auto results = run_many(
      [&]() -> std::optional<Job> {
        ++asked;
        return Job{child("exit_with", asked == 3 ? "1" : "0")};
      },
      {.at_once = 1, .stop_at_failure = true});
  EXPECT_EQ(results.size(), 3U);
  EXPECT_EQ(asked, 3);
}

TEST(RunMany, OneStopEndsAll) {
  std::stop_source source;
  std::vector<Job> jobs(6, {child("pause_until_killed")});
  jobs[0] = {child("exit_with", "0")};
  const auto results = run_many(jobs,
                                {.at_once = 2,
                                 .on_result =
                                     [&](const JobResult& result) {
                                       if (result.index == 0) {
                                         source.request_stop();
                                       }
                                     },
                                 .stop = source.get_token()});
  EXPECT_GE(results.size(), 1U);
  EXPECT_LT(results.size(), 6U);
  EXPECT_FALSE(testing::has_child());
}

TEST(RunMany, AnExceptionOfTheCallerStopsTheRest) {
  EXPECT_THROW(
      run_many({{child("exit_with", "0")}, {child("pause_until_killed")}},
               {.at_once = 2,
                .on_result = [](const JobResult&) { throw std::runtime_error("enough"); }}),
      std::runtime_error);
  EXPECT_FALSE(testing::has_child());
}

}  // namespace

}  // namespace progeny::subprocess
