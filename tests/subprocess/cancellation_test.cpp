#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/children/go.hpp"
#include "support/program/rendezvous.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// A token whose stop was requested before anybody looked.
std::stop_token stopped() {
  const std::stop_source source;
  source.request_stop();
  return source.get_token();
}

// SP-150
TEST(Cancellation, EndsAWaitAndLeavesTheChildRunning) {
  sp::Popen p(child("pause_until_killed"));
  std::stop_source source;
  Rendezvous about_to_wait(2);
  const std::jthread canceller([&] {
    about_to_wait.arrive_and_wait();
    source.request_stop();
  });
  about_to_wait.arrive_and_wait();
  EXPECT_THROW(p.wait({}, source.get_token()), sp::CancelledError);
  EXPECT_EQ(p.poll(), std::nullopt);
  p.kill();
  EXPECT_EQ(p.wait(), returncode_of_kill());
}

// SP-150
TEST(Cancellation, EndsAWaitThatHasALimit) {
  sp::Popen p(child("pause_until_killed"));
  std::stop_source source;
  const std::jthread canceller([&] { source.request_stop(); });
  EXPECT_THROW(p.wait(1h, source.get_token()), sp::CancelledError);
  p.kill();
  p.wait();
}

// SP-150
TEST(Cancellation, RequestedBeforehandWaitsOnlyAMomentForTheChild) {
  sp::Popen p(child("pause_until_killed"));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(p.wait({}, stopped()), sp::CancelledError);
  EXPECT_LT(std::chrono::steady_clock::now() - start, very_long);
  p.kill();
  p.wait();
}

// SP-150
TEST(Cancellation, LetsAChildThatEndsInTheLastMomentReturnItsCode) {
  sp::Popen p(child("exit_with", "5"));
  ASSERT_TRUE(eventually([&] { return !is_running(p.pid()); }));
  EXPECT_EQ(p.wait({}, stopped()), 5);
}

// SP-150
TEST(Cancellation, NamesTheCommand) {
  sp::Popen p(child("pause_until_killed"));
  try {
    p.wait({}, stopped());
    ADD_FAILURE() << "wait returned";
  } catch (const sp::CancelledError& error) {
    EXPECT_EQ(error.cmd().items(), p.args().items());
    EXPECT_NE(std::string(error.what()).find("pause_until_killed"), std::string::npos)
        << error.what();
  }
  p.kill();
  p.wait();
}

// SP-150
TEST(Cancellation, OfAnotherWaitDoesNotConcernThisOne) {
  sp::Popen p(child("exit_on_eof", "6"), {.std_in = sp::PIPE});
  EXPECT_THROW(p.wait({}, stopped()), sp::CancelledError);
  const std::stop_source never;
  p.std_in().close();
  EXPECT_EQ(p.wait({}, never.get_token()), 6);
}

// SP-150
TEST(Cancellation, EndsCommunicateWhichLosesNothing) {
  sp::Popen p(child("print_wait_go_print", "before ", "after", "echo"), all_pipes());
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  EXPECT_THROW(p.communicate("input", {}, stopped()), sp::CancelledError);
  EXPECT_EQ(p.poll(), std::nullopt);
  send_go(p);
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, "before after");
  EXPECT_EQ(output.std_err, "input");
}

// SP-150
TEST(Cancellation, EndsCommunicateFromAnotherThread) {
  sp::Popen p(child("pause_until_killed"), all_pipes());
  std::stop_source source;
  const std::jthread canceller([&] { source.request_stop(); });
  EXPECT_THROW(p.communicate(std::string(1U << 20U, 'x'), {}, source.get_token()),
               sp::CancelledError);
  p.kill();
  p.wait();
}

// SP-150
TEST(Cancellation, OfRunKillsAndReapsTheChild) {
  const std::size_t before = open_descriptors();
  {
    std::stop_source source;
    const std::jthread canceller([&] { source.request_stop(); });
    EXPECT_THROW(
        sp::run(child("pause_until_killed"), {.capture_output = true, .stop = source.get_token()}),
        sp::CancelledError);
  }
  EXPECT_EQ(open_descriptors(), before);
}

// SP-150
TEST(Cancellation, OfRunDoesNotWaitForAGrandchild) {
  std::stop_source source;
  int grandchild = 0;
  const OwnPipe gate;  // The grandchild lives until its stdin ends.
  EXPECT_THROW(sp::run(child("spawn_holding_grandchild"),
                       {.std_in = gate.read_end,
                        .std_out = sp::PIPE,
                        .on_std_out =
                            [&](std::string_view pid) {
                              grandchild = std::stoi(std::string(pid));
                              source.request_stop();
                            },
                        .stop = source.get_token()}),
               sp::CancelledError);
  EXPECT_TRUE(is_running(grandchild));
}

// SP-150
TEST(Cancellation, ThatComesAfterTheEndChangesNothing) {
  const std::stop_source source;
  const auto done = sp::run(child("exit_with", "2"), {.stop = source.get_token()});
  source.request_stop();
  EXPECT_EQ(done.returncode, 2);
}

// SP-150
TEST(Cancellation, LeavesNoDescriptorBehind) {
  sp::Popen p(child("pause_until_killed"));
  EXPECT_THROW(p.wait(1ms), sp::TimeoutExpired);
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(p.wait({}, stopped()), sp::CancelledError);
  }
  EXPECT_EQ(open_descriptors(), before);
  p.kill();
  p.wait();
}

}  // namespace
