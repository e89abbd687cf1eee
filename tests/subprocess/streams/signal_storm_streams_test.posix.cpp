#include "support/children/child_args.hpp"
#include "support/children/go.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// As in signal_storm_test.cpp, for the calls of a stream.

TEST(SignalStormOverStreams, DoesNotDisturbReading) {
  const SignalStorm storm;
  sp::Popen p(child("print_pattern", "2000000"), {.std_out = sp::PIPE});
  std::string seen = p.std_out().read(10);
  seen += p.std_out().readline();
  seen += p.std_out().read1();
  seen += p.std_out().read();
  EXPECT_TRUE(seen == pattern(2'000'000));
  p.wait();
}

TEST(SignalStormOverStreams, DoesNotDisturbReadingSlowText) {
  const SignalStorm storm;
  sp::Popen p(child("trickle_hex", "c3a90d0ae282acf09f98800d78"),
              {.std_out = sp::PIPE, .text = true});
  EXPECT_EQ(p.std_out().readlines(),
            (std::vector<std::string>{"\u00e9\n", "\u20ac\U0001F600\n", "x"}));
  p.wait();
}

TEST(SignalStormOverStreams, DoesNotDisturbLines) {
  const SignalStorm storm;
  sp::Popen p(child("echo_stdin"), {.bufsize = 64, .std_in = sp::PIPE, .std_out = sp::PIPE});
  std::vector<std::string> lines(2000, "line\n");
  lines.back() = "last";
  p.std_in().writelines(lines);
  p.std_in().close();
  std::vector<std::string> seen;
  for (const std::string& line : p.std_out()) {
    seen.push_back(line);
  }
  EXPECT_EQ(seen, lines);
  p.wait();
}

TEST(SignalStormOverStreams, DoesNotDisturbWriting) {
  const SignalStorm storm;
  sp::Popen p(child("count_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  for (int i = 0; i < 20; ++i) {
    p.std_in().write(std::string(200'000, 'x'));
  }
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "4000000\n");
  p.wait();
}

// Fills the pipe of a child that reads only later, by a call that has to wait for that. Returns
// what the child read.
std::string read_after(const std::function<void(sp::Stream&)>& blocking_call) {
  const SignalStorm storm;
  sp::Popen p(child("wait_go_echo"),
              {.bufsize = 100'000, .std_in = sp::PIPE, .std_out = sp::PIPE, .std_err = sp::PIPE});
  EXPECT_EQ(p.std_err().readline(), "ready\n");
  const std::jthread waker([&p, start = SignalStorm::count()] {
    EXPECT_TRUE(eventually([&] { return SignalStorm::count() > start + 20; }));
    send_go(p);
  });
  p.std_in().write(pattern(90'000));  // More than the pipe holds, less than the buffer.
  blocking_call(p.std_in());
  return p.communicate().std_out.value_or("nothing captured");
}

TEST(SignalStormOverStreams, DoesNotDisturbAFlushThatBlocks) {
  EXPECT_TRUE(read_after([](sp::Stream& stream) { stream.flush(); }) == pattern(90'000));
}

TEST(SignalStormOverStreams, DoesNotDisturbACloseThatBlocks) {
  EXPECT_TRUE(read_after([](sp::Stream& stream) { stream.close(); }) == pattern(90'000));
}

}  // namespace
