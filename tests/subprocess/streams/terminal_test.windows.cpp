// Under Wine 8 standard streams never lead to a pseudo-console; so the children here open their
// console by its name.

#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace {

using namespace progeny::testing;
using progeny::ValueError;
namespace sp = progeny::subprocess;

bool holds(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

// Reads until the word has come, or the output has ended.
std::string read_until(sp::Stream& stream, const std::string& word) {
  std::string text;
  while (!holds(text, word)) {
    const std::string block = stream.read1();
    if (block.empty()) {
      break;
    }
    text += block;
  }
  return text;
}

TEST(Terminal, HasTheSizeThatWasAskedFor) {
  sp::Options options = all_terminal();
  options.pty_size = {.rows = 50, .columns = 132};
  EXPECT_EQ(sp::run(child("exit_with_console_size"), options).returncode, 50132);
}

TEST(Terminal, ShowsWhatTheChildWrites) {
  const auto done = sp::run(child("print_on_console", "apple"), all_terminal());
  EXPECT_TRUE(holds(done.std_out.value_or(""), "apple")) << done.std_out.value_or("");
  EXPECT_EQ(done.std_err, std::nullopt);
}

TEST(Terminal, EndsTheOutputOfAKilledChild) {
  sp::Popen p(child("print_on_console_and_stay", "apple"), all_terminal());
  EXPECT_TRUE(holds(read_until(p.std_out(), "apple"), "apple"));
  p.kill();
  EXPECT_FALSE(holds(p.std_out().read(), "apple"));
  EXPECT_EQ(p.wait(), 1);
}

TEST(Terminal, ThatWasHungUpIsResizedInVain) {
  sp::Popen p(child("exit_with", "0"), all_terminal());
  p.communicate();
  EXPECT_NO_THROW(p.resize({.rows = 7, .columns = 33}));
}

TEST(Terminal, PassesOnWhatIsTyped) {
  sp::Popen p(child("expect_console_line", "pear"), all_terminal());
  p.std_in().write("pear\r");
  p.std_in().flush();
  p.communicate();
  EXPECT_EQ(p.wait(), 0);
}

TEST(Terminal, TypesTheEnterKeyInTextMode) {
  sp::Options options = all_terminal();
  options.text = true;
  sp::Popen p(child("expect_console_line", "pear"), options);
  p.std_in().write("pear\n");
  p.std_in().flush();
  p.communicate();
  EXPECT_EQ(p.wait(), 0);
}

TEST(Terminal, EndsTheInputWhenItsStreamIsClosed) {
  sp::Popen p(child("count_console_lines"), all_terminal());
  p.communicate("one\rtwo\r");
  EXPECT_EQ(p.returncode(), 2);
}

TEST(Terminal, EndsItsChildWhenTheScopeIsLeft) {
  int pid = 0;
  {
    sp::Popen p(child("print_on_console_and_stay", "apple"), all_terminal());
    EXPECT_TRUE(holds(read_until(p.std_out(), "apple"), "apple"));
    pid = p.pid();
  }
  EXPECT_TRUE(eventually([pid] { return is_gone(pid); }));
}

TEST(Terminal, IsForAllThreeStreams) {
  EXPECT_THROW(sp::run(child("exit_with", "0"), {.std_out = sp::PTY}), ValueError);
  EXPECT_THROW(sp::run(child("exit_with", "0"), {.std_in = sp::PTY, .std_out = sp::PTY}),
               ValueError);
  EXPECT_EQ(sp::run(child("exit_with", "3"),
                    {.std_in = sp::PTY, .std_out = sp::PTY, .std_err = sp::STDOUT})
                .returncode,
            3);
}

TEST(Terminal, LeavesTheEchoToTheChild) {
  sp::Options options = all_terminal();
  options.pty_echo = false;
  EXPECT_THROW(sp::run(child("exit_with", "0"), options), ValueError);
}

TEST(Terminal, OfAFailedLaunchLeavesNothingOpen) {
  const std::size_t handles = open_descriptors();
  EXPECT_EQ(failure_of([] { sp::run({"no-such-program"}, all_terminal()); }),
            (Failure{.error = ENOENT, .filename = "no-such-program"}));
  EXPECT_TRUE(eventually([handles] { return open_descriptors() <= handles; }));
}

}  // namespace
