#pragma once

// Runs the body of a test under every start method.

#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

namespace progeny::testing {

namespace mp = progeny::multiprocessing;

class EveryMethod : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static mp::Context context() { return mp::get_context(GetParam()); }

  /// A process started by the method of this test.
  template <class... Args>
  [[nodiscard]] static mp::Process started(Args&&... args) {
    auto process = context().Process(std::forward<Args>(args)...);
    process.start();
    return process;
  }

  /// The exit code of such a process.
  template <class... Args>
  [[nodiscard]] static std::optional<std::int64_t> exitcode_of(Args&&... args) {
    auto process = started(std::forward<Args>(args)...);
    EXPECT_TRUE(process.join(very_long));
    return process.exitcode();
  }

  /// The first message of such a process, whose first argument is a connection.
  template <class Answer, class Target, class... Args>
  [[nodiscard]] static Answer answer_of(Target target, Args&&... args) {
    auto [ours, theirs] = mp::Pipe();
    auto process = started(target, std::move(theirs), std::forward<Args>(args)...);
    EXPECT_TRUE(ours.poll(very_long));
    auto answer = ours.template recv<Answer>();
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(process.exitcode(), 0);
    return answer;
  }
};

/// `INSTANTIATE_FOR_EVERY_METHOD(ProcessLife);`
#define INSTANTIATE_FOR_EVERY_METHOD(suite)                                                    \
  INSTANTIATE_TEST_SUITE_P(                                                                    \
      Method, suite, ::testing::Values("fork", "spawn", "forkserver"), [](const auto& about) { \
        return std::string(about.param);                                                       \
      })

/// A target that returns when a message comes, or when the other end is closed.
inline void wait_for_word(mp::Connection& connection) {
  try {
    static_cast<void>(connection.recv_bytes());
  } catch (const progeny::EOFError&) {
  }
}

}  // namespace progeny::testing
