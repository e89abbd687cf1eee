#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>

namespace {

using namespace progeny::testing;
using progeny::ValueError;
namespace sp = progeny::subprocess;

// What the child says of its terminal.
std::string terminal_of_child(const sp::Options& options) {
  return sp::run(child("print_terminal"), options).std_out.value_or("");
}

TEST(Terminal, IsTheChildsOwnOnAllThreeStreams) {
  EXPECT_EQ(terminal_of_child(all_terminal()), "111 24 80 own");
}

TEST(Terminal, IsTheChildsOwnOnTheStreamsThatAskForIt) {
  EXPECT_EQ(terminal_of_child({.std_in = sp::DEVNULL, .std_out = sp::PTY, .std_err = sp::DEVNULL}),
            "010 24 80 own");
  EXPECT_EQ(terminal_of_child({.std_in = sp::PTY, .std_out = sp::PIPE, .std_err = sp::DEVNULL}),
            "100 24 80 own");
}

TEST(Terminal, IsTheChildsOwnInATrueForkToo) {
  sp::Options options = all_terminal();
  options.preexec_fn = [] {};
  EXPECT_EQ(terminal_of_child(options), "111 24 80 own");
}

TEST(Terminal, HasTheSizeThatWasAskedFor) {
  sp::Options options = all_terminal();
  options.pty_size = {.rows = 50, .columns = 132};
  EXPECT_EQ(terminal_of_child(options), "111 50 132 own");
}

TEST(Terminal, MixesBothOutputsInTheirOrder) {
  const auto done =
      sp::run(child("print", "out ", "err"), {.std_out = sp::PTY, .std_err = sp::PTY});
  EXPECT_EQ(done.std_out, "out err");
  EXPECT_EQ(done.std_err, std::nullopt);
}

TEST(Terminal, IsStdoutsForAStderrThatFollowsIt) {
  const auto done =
      sp::run(child("print", "out ", "err"), {.std_out = sp::PTY, .std_err = sp::STDOUT});
  EXPECT_EQ(done.std_out, "out err");
}

TEST(Terminal, OfStderrAloneIsReadThere) {
  sp::Popen p(child("print", "out", "err"), {.std_out = sp::PIPE, .std_err = sp::PTY});
  EXPECT_EQ(p.std_err().read(), "err");
  EXPECT_EQ(p.std_out().read(), "out");
  EXPECT_EQ(p.wait(), 0);
}

TEST(Terminal, EndsTheOutputWhenTheChildIsGone) {
  sp::Popen p(child("print", "apple", ""), all_terminal());
  EXPECT_EQ(p.std_out().read(), "apple");
  EXPECT_EQ(p.std_out().read(), "");
  EXPECT_EQ(p.wait(), 0);
}

TEST(Terminal, EndsTheOutputOfAKilledChild) {
  sp::Popen p(child("exit_on_sigint", "3"), all_terminal());
  EXPECT_EQ(p.std_out().readline(), "ready\r\n");
  p.kill();
  EXPECT_EQ(p.std_out().read(), "");
  EXPECT_EQ(p.wait(), -SIGKILL);
}

TEST(Terminal, LosesNothingOfALongOutput) {
  const auto done = sp::run(child("print_pattern", "1000000"), {.std_out = sp::PTY, .text = true});
  EXPECT_TRUE(done.std_out == pattern(1'000'000));
}

TEST(Terminal, HandsItsOutputToACallback) {
  std::string seen;
  sp::Options options = all_terminal();
  options.on_std_out = [&seen](std::string_view text) { seen += text; };
  sp::run(child("print", "out ", "err"), options);
  EXPECT_EQ(seen, "out err");
}

TEST(Terminal, LineEndsAreTranslatedInTextModeOnly) {
  EXPECT_EQ(sp::run(child("print", "a\nb", ""), {.std_out = sp::PTY}).std_out, "a\r\nb");
  EXPECT_EQ(sp::run(child("print", "a\nb", ""), {.std_out = sp::PTY, .text = true}).std_out,
            "a\nb");
}

TEST(Terminal, TellsTheChildOfANewSize) {
  sp::Popen p(child("print_new_size"), all_terminal());
  EXPECT_EQ(p.std_out().readline(), "ready\r\n");
  p.resize({.rows = 7, .columns = 33});
  EXPECT_EQ(p.std_out().read(), "7 33");
  EXPECT_EQ(p.wait(), 0);
}

TEST(Terminal, CanBeResizedWhenOnlyItsInputIsOurs) {
  sp::Popen p(child("print_new_size"), {.std_in = sp::PTY, .std_out = sp::PIPE});
  EXPECT_EQ(p.std_out().readline(), "ready\n");
  p.resize({.rows = 7, .columns = 33});
  EXPECT_EQ(p.std_out().read(), "7 33");
  EXPECT_EQ(p.wait(), 0);
}

TEST(Terminal, ThatWasHungUpIsResizedInVain) {
  sp::Popen p(child("exit_with", "0"), {.std_out = sp::PTY});
  p.communicate();
  EXPECT_NO_THROW(p.resize({.rows = 7, .columns = 33}));
}

TEST(Terminal, CannotBeResizedWhereThereIsNone) {
  sp::Popen p(child("exit_with", "0"), {.std_out = sp::PIPE});
  EXPECT_THROW(p.resize({}), ValueError);
  p.communicate();
}

TEST(Terminal, OfNoSizeIsAValueError) {
  sp::Options options = all_terminal();
  for (const sp::WindowSize size :
       {sp::WindowSize{.rows = 0}, {.columns = 0}, {.rows = 32768}, {.columns = -1}}) {
    options.pty_size = size;
    EXPECT_THROW(sp::run(child("exit_with", "0"), options), ValueError);
  }
}

TEST(Terminal, ForbidsAnotherProcessGroup) {
  EXPECT_THROW(sp::run(child("exit_with", "0"), {.std_out = sp::PTY, .process_group = 0}),
               ValueError);
}

TEST(Terminal, HangsUpWhenItsStreamsAreClosed) {
  sp::Popen p(child("exit_on_hang_up", "6"), all_terminal());
  EXPECT_EQ(p.std_out().readline(), "ready\r\n");
  p.std_in().close();
  p.std_out().close();
  EXPECT_EQ(p.wait(), 6);
}

TEST(Terminal, HangsUpWhenTheScopeIsLeft) {
  int pid = 0;
  {
    sp::Popen p(child("exit_on_hang_up", "0"),
                {.std_in = sp::PTY, .std_out = sp::PIPE, .at_scope_exit = sp::AtScopeExit::wait});
    EXPECT_EQ(p.std_out().readline(), "ready\n");
    pid = p.pid();
  }
  EXPECT_TRUE(is_gone(pid));
}

TEST(Terminal, IsNotTheHosts) {
  const int before = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  const int error = errno;
  sp::run(child("exit_with", "0"), all_terminal());
  const int after = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  EXPECT_EQ(before == -1, after == -1);
  EXPECT_EQ(error, errno);
  ::close(before);
  ::close(after);
}

TEST(Terminal, OfAFailedLaunchLeavesNothingOpen) {
  const std::size_t descriptors = open_descriptors();
  EXPECT_EQ(failure_of([] { sp::run({"/no/such/program"}, all_terminal()); }),
            (Failure{.error = ENOENT, .filename = "/no/such/program"}));
  EXPECT_EQ(open_descriptors(), descriptors);
}

TEST(Terminal, IsInheritedByNoOtherChild) {
  const auto descriptors_of_child = [] {
    return sp::run(child("print_descriptors"), {.std_out = sp::PIPE, .close_fds = false}).std_out;
  };
  const auto without = descriptors_of_child();
  sp::Popen p(child("echo_stdin"), all_terminal());
  EXPECT_EQ(descriptors_of_child(), without);
  p.communicate();
}

TEST(Terminal, GivesTheChildNoOtherDescriptor) {
  EXPECT_EQ(sp::run(child("print_descriptors"), all_terminal()).std_out, "0 1 2");
}

TEST(Terminal, OfEachChildIsItsOwnWhenThreadsLaunch) {
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < 20; ++i) {
        const std::string word = std::to_string(thread) + "-" + std::to_string(i);
        EXPECT_EQ(sp::run(child("print", word, "!"), all_terminal()).std_out, word + "!");
      }
    });
  }
}

}  // namespace
