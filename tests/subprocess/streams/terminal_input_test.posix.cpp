#include "support/children/child_args.hpp"
#include "support/children/go.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <system_error>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

sp::Options silent_terminal() {
  sp::Options options = all_terminal();
  options.pty_echo = false;
  return options;
}

TEST(TerminalInput, IsShownAsItIsTyped) {
  sp::Popen p(child("hex_stdin"), all_terminal());
  EXPECT_EQ(p.communicate("pear\n").std_out, "pear\r\n706561720a");
}

TEST(TerminalInput, IsNotShownWithoutEcho) {
  sp::Popen p(child("hex_stdin"), silent_terminal());
  EXPECT_EQ(p.communicate("pear\n").std_out, "706561720a");
}

TEST(TerminalInput, EndsWithoutALineEndToo) {
  sp::Popen p(child("hex_stdin"), silent_terminal());
  EXPECT_EQ(p.communicate("pear").std_out, "70656172");
}

TEST(TerminalInput, EndsWhenItIsEmpty) {
  sp::Popen p(child("hex_stdin"), silent_terminal());
  EXPECT_EQ(p.communicate().std_out, "");
}

TEST(TerminalInput, EndsWhenItsStreamIsClosed) {
  sp::Popen p(child("hex_stdin"), silent_terminal());
  p.std_in().write("pear");
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "70656172");
  EXPECT_EQ(p.wait(), 0);
}

TEST(TerminalInput, EndsForAChildWhoseOutputGoesElsewhere) {
  sp::Popen p(child("hex_stdin"), {.std_in = sp::PTY, .std_out = sp::PIPE});
  EXPECT_EQ(p.communicate("pear\n").std_out, "706561720a");
}

TEST(TerminalInput, HasNoEndForAChildThatReadsSingleKeys) {
  sp::Popen p(child("count_keys_after_go"), silent_terminal());
  EXPECT_EQ(p.std_out().readline(), "ready\n");
  p.std_in().write("ab");
  p.std_in().close();
  send_go(p);
  EXPECT_EQ(p.std_out().read(), "2");
  EXPECT_EQ(p.wait(), 0);
}

TEST(TerminalInput, CtrlCIsSIGINT) {
  sp::Popen p(child("exit_on_sigint", "3"), silent_terminal());
  EXPECT_EQ(p.std_out().readline(), "ready\r\n");
  p.std_in().write("\x03");
  p.std_in().flush();
  EXPECT_EQ(p.wait(), 3);
}

TEST(TerminalInput, IsADialogueLineByLine) {
  sp::Options options = silent_terminal();
  options.bufsize = 1;
  options.text = true;
  sp::Popen p(child("dialogue", "21"), options);
  p.std_in().write("line1\n");
  EXPECT_EQ(p.std_out().readline(), "line1\n");
  p.std_in().close();
  EXPECT_EQ(p.wait(), 0);
}

TEST(TerminalInput, MoreThanATerminalHoldsArrivesWhole) {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) {
    lines += "line " + std::to_string(i) + "\n";
  }
  sp::Popen p(child("count_stdin"), silent_terminal());
  EXPECT_EQ(p.communicate(lines).std_out, std::to_string(lines.size()) + "\r\n");
}

TEST(TerminalInput, MoreThanATerminalHoldsGoesThroughAndBack) {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) {
    lines += "line " + std::to_string(i) + "\n";
  }
  sp::Options options = silent_terminal();
  options.text = true;
  sp::Popen p(child("echo_stdin"), options);
  EXPECT_TRUE(p.communicate(lines).std_out == lines);
}

TEST(TerminalInput, ThatNobodyReadsDoesNotKeepCommunicate) {
  sp::Popen p(child("exit_with", "5"), silent_terminal());
  EXPECT_EQ(p.communicate(std::string(1'000'000, '\n'), very_long).std_out, "");
  EXPECT_EQ(p.returncode(), 5);
}

TEST(TerminalInput, ThatNobodyReadsIsABrokenPipe) {
  sp::Popen p(child("exit_with", "5"), silent_terminal());
  EXPECT_EQ(p.wait(), 5);
  try {
    p.std_in().write(std::string(1'000'000, '\n'));
    ADD_FAILURE() << "nobody noticed";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::broken_pipe);
  }
}

TEST(TerminalInput, IsGoneOnWithAfterATimeout) {
  sp::Popen p(child("wait_go_echo"), silent_terminal());
  EXPECT_EQ(p.std_out().readline(), "ready\r\n");
  EXPECT_THROW(p.communicate("pear\n", 50ms), sp::TimeoutExpired);
  send_go(p);
  EXPECT_EQ(p.communicate().std_out, "pear\r\n");
}

}  // namespace
