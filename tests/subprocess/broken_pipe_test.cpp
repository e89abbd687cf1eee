#include "support/child_args.hpp"
#include "support/os_error.hpp"
#include "support/process_copy.posix.hpp"
#include "support/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

std::string mebibyte() {
  // NOLINTNEXTLINE(modernize-return-braced-init-list): braces would list two characters.
  return std::string(1U << 20U, 'x');
}

// The rows are about a host that left SIGPIPE at its default, where it would kill.
void expect_default_sigpipe() {
  struct sigaction action{};
  ::sigaction(SIGPIPE, nullptr, &action);
  ASSERT_EQ(action.sa_handler, SIG_DFL);
}

// Blocks until the child has ended, and leaves it to the library to reap.
void await_end(const sp::Popen& p) {
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(p.pid()), &info, WEXITED | WNOWAIT), 0);
}

// SP-110
TEST(BrokenPipe, AChildThatReadsNoInputIsNoError) {
  expect_default_sigpipe();
  sp::Popen p(child("exit_with", "3"), all_pipes());
  const sp::Output output = p.communicate(mebibyte());
  EXPECT_EQ(output.std_out, "");
  EXPECT_EQ(p.returncode(), 3);
}

// SP-110
TEST(BrokenPipe, WithStdinAsTheOnlyPipeIsNoError) {
  expect_default_sigpipe();
  sp::Popen p(child("exit_with", "3"), {.std_in = sp::PIPE});
  p.communicate(mebibyte());
  EXPECT_EQ(p.returncode(), 3);
}

// SP-110
TEST(BrokenPipe, AChildThatHadEndedBeforeTheCallIsNoError) {
  expect_default_sigpipe();
  sp::Popen only_stdin(child("exit_with", "3"), {.std_in = sp::PIPE});
  await_end(only_stdin);
  only_stdin.communicate(mebibyte());
  EXPECT_EQ(only_stdin.returncode(), 3);

  sp::Popen all(child("exit_with", "4"), all_pipes());
  EXPECT_EQ(all.wait(), 4);
  EXPECT_EQ(all.communicate(mebibyte()).std_err, "");
}

// SP-110
TEST(BrokenPipe, RunReturnsTheCodeOfAChildThatReadsNoInput) {
  expect_default_sigpipe();
  const auto done =
      sp::run(child("print", "out", "err", "5"), {.input = mebibyte(), .capture_output = true});
  EXPECT_EQ(done.returncode, 5);
  EXPECT_EQ(done.std_out, "out");
  EXPECT_EQ(done.std_err, "err");
}

// SP-111
TEST(BrokenPipe, WhileWritingStillCollectsTheOutput) {
  expect_default_sigpipe();
  sp::Popen p(child("close_stdin_and_print", "out", "err"), all_pipes());
  const sp::Output output = p.communicate(mebibyte());
  EXPECT_EQ(output.std_out, "out");
  EXPECT_EQ(output.std_err, "err");
  EXPECT_EQ(p.returncode(), 0);
}

// SP-111
TEST(BrokenPipe, WhileFlushingStillCollectsTheOutput) {
  expect_default_sigpipe();
  sp::Popen p(child("close_stdin_and_print", "out", "err"), all_pipes());
  p.std_in().write("stays in the buffer");
  await_end(p);
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, "out");
  EXPECT_EQ(output.std_err, "err");
}

// SP-111
TEST(BrokenPipe, WhileFlushingTheOnlyPipeIsNoError) {
  expect_default_sigpipe();
  sp::Popen p(child("exit_with", "2"), {.std_in = sp::PIPE});
  p.std_in().write("stays in the buffer");
  await_end(p);
  EXPECT_NO_THROW(p.communicate());
  EXPECT_EQ(p.returncode(), 2);
}

// SP-111
TEST(BrokenPipe, UnderATimeoutStillCollectsTheOutput) {
  expect_default_sigpipe();
  sp::Popen p(child("close_stdin_and_print", "out", "err"), all_pipes());
  p.std_in().write("stays in the buffer");
  const sp::Output output = p.communicate(mebibyte(), very_long);
  EXPECT_EQ(output.std_out, "out");
  EXPECT_EQ(output.std_err, "err");
}

// SP-111
TEST(BrokenPipe, BetweenTwoCallsStillCollectsTheOutput) {
  expect_default_sigpipe();
  sp::Popen p(child("pause_until_killed"), all_pipes());
  EXPECT_THROW(p.communicate(mebibyte(), 20ms), sp::TimeoutExpired);
  p.kill();
  await_end(p);
  EXPECT_EQ(p.communicate().std_out, "");
  EXPECT_EQ(p.returncode(), -SIGKILL);
}

// SP-111
TEST(BrokenPipe, InTextModeIsNoErrorEither) {
  expect_default_sigpipe();
  sp::Options options = all_pipes();
  options.text = true;
  sp::Popen p(child("close_stdin_and_print", "out", "err"), options);
  const sp::Output output = p.communicate(mebibyte());
  EXPECT_EQ(output.std_out, "out");
  EXPECT_EQ(output.std_err, "err");
}

// Whether the pipe holds as much as it can.
bool is_full(int descriptor) {
  int bytes = 0;
  return ::ioctl(descriptor, FIONREAD, &bytes) == 0 && bytes == ::fcntl(descriptor, F_GETPIPE_SZ);
}

// A write that has moved a part when the reader goes returns that part, and sends SIGPIPE all the
// same. In a copy, because the signal would be the end of this program.
TEST(BrokenPipe, AmidAWriteThatBlocksIsEpipeAndNoSignal) {
  EXPECT_EQ(verdict_of_copy([] {
              sp::Popen p(child("pause_until_killed"), {.std_in = sp::PIPE});
              const int descriptor = p.std_in().fileno();
              const std::jthread killer([&p, descriptor] {
                static_cast<void>(eventually([=] { return is_full(descriptor); }));
                p.kill();
              });
              const Failure failure =
                  failure_of([&p] { p.std_in().write(std::string(8U << 20U, 'x')); });
              p.wait();
              return failure == Failure{.error = EPIPE} ? 0 : 1;
            }),
            0);
}

}  // namespace
