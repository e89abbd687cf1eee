#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/children/go.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// A callback that collects what it gets.
sp::OutputCallback collect(std::string& seen) {
  return [&seen](std::string_view block) { seen += block; };
}

TEST(OutputCallbacks, GetAllBytesInsteadOfTheResult) {
  std::string out;
  std::string err;
  const auto done = sp::run(child("flood_both", "1000000"),
                            {.std_out = sp::PIPE,
                             .std_err = sp::PIPE,
                             .on_std_out = collect(out),
                             .on_std_err = collect(err)});
  EXPECT_TRUE(out == pattern(1'000'000));
  EXPECT_TRUE(err == pattern(1'000'000));
  EXPECT_EQ(done.std_out, std::nullopt);
  EXPECT_EQ(done.std_err, std::nullopt);
}

TEST(OutputCallbacks, LeaveTheOtherStreamCaptured) {
  std::string out;
  const auto done =
      sp::run(child("print", "out", "err"), {.capture_output = true, .on_std_out = collect(out)});
  EXPECT_EQ(out, "out");
  EXPECT_EQ(done.std_err, "err");
}

TEST(OutputCallbacks, WorkForCommunicateWithInput) {
  std::string out;
  const std::string input = pattern(2'000'000);
  sp::Popen p(child("echo_stdin"),
              {.std_in = sp::PIPE, .std_out = sp::PIPE, .on_std_out = collect(out)});
  EXPECT_EQ(p.communicate(input).std_out, std::nullopt);
  EXPECT_TRUE(out == input);
  EXPECT_EQ(p.returncode(), 0);
}

TEST(OutputCallbacks, GetOutputWhileTheChildStillRuns) {
  // The child exits only when its stdin ends, and the callback is what ends it.
  OwnPipe gate;
  std::string out;
  const auto done = sp::run(
      child("print_then_exit_on_eof", "now"),
      {.std_in = gate.read_end, .std_out = sp::PIPE, .on_std_out = [&](std::string_view block) {
         out += block;
         gate.write_end.reset();
       }});
  EXPECT_EQ(out, "now");
  EXPECT_EQ(done.returncode, 0);
}

TEST(OutputCallbacks, GetWholeDecodedCharactersInTextMode) {
  std::string out;
  bool split = false;
  sp::run(child("trickle_hex", "c3a90d0ae282acf09f98800d0a"),
          {.std_out = sp::PIPE, .text = true, .on_std_out = [&](std::string_view block) {
             // A block may not begin with a continuation byte.
             split = split ||
                     (!block.empty() && (static_cast<unsigned char>(block[0]) & 0xC0U) == 0x80U);
             out += block;
           }});
  EXPECT_FALSE(split);
  EXPECT_EQ(out, "\u00e9\n\u20ac\U0001F600\n");
}

TEST(OutputCallbacks, AreNotCalledByASilentChild) {
  int calls = 0;
  sp::run(child("exit_with", "0"),
          {.std_out = sp::PIPE, .on_std_out = [&](std::string_view) { ++calls; }});
  EXPECT_EQ(calls, 0);
}

TEST(OutputCallbacks, ThatThrowLeaveThroughCommunicate) {
  sp::Popen p(child("print_then_sleep", "out", ""),
              {.std_out = sp::PIPE,
               .on_std_out = [](std::string_view) { throw std::runtime_error("enough"); }});
  EXPECT_THROW(p.communicate(), std::runtime_error);
  EXPECT_EQ(p.poll(), std::nullopt);
  p.kill();
  EXPECT_EQ(p.wait(), returncode_of_kill());
}

TEST(OutputCallbacks, ThatThrowLeaveThroughRunWithTheChildReaped) {
  const std::size_t before = open_descriptors();
  EXPECT_THROW(
      sp::run(child("print_then_sleep", "", "err"),
              {.std_err = sp::PIPE,
               .on_std_err = [](std::string_view) { throw std::runtime_error("enough"); }}),
      std::runtime_error);
  EXPECT_EQ(open_descriptors(), before);
}

TEST(OutputCallbacks, KeepWhatTheyGotWhenTheTimeIsUp) {
  std::string out;
  sp::Popen p(child("print_wait_go_print", "BDFL", "!"),
              {.std_out = sp::PIPE, .std_err = sp::PIPE, .on_std_out = collect(out)});
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  const bool enough = eventually([&] {
    EXPECT_THROW(p.communicate({}, 20ms), sp::TimeoutExpired);
    return out.size() == 4;
  });
  EXPECT_TRUE(enough);
  send_go(p);
  p.communicate();
  EXPECT_EQ(out, "BDFL!");
}

TEST(OutputCallbacks, NeedAPipe) {
  std::string out;
  EXPECT_THROW(sp::run(child("exit_with", "0"), {.on_std_out = collect(out)}), progeny::ValueError);
  EXPECT_THROW(
      sp::run(child("exit_with", "0"), {.std_err = sp::DEVNULL, .on_std_err = collect(out)}),
      progeny::ValueError);
}

}  // namespace
