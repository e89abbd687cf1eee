#include "support/child_args.hpp"
#include "support/os_error.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <string>

#include <sys/ioctl.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// How many bytes are under way in the pipe below a stream.
int bytes_in_pipe(const sp::Stream& stream) {
  int count = -1;
  ::ioctl(stream.fileno(), FIONREAD, &count);
  return count;
}

// Writes five bytes with and without a flush to a child that does not read.
void expect_full_buffering(sp::Options options) {
  options.std_in = sp::PIPE;
  sp::Popen p(child("pause_until_killed"), options);
  p.std_in().write("pear\n");
  EXPECT_EQ(bytes_in_pipe(p.std_in()), 0);
  p.std_in().flush();
  EXPECT_EQ(bytes_in_pipe(p.std_in()), 5);
  p.kill();
  p.wait();
}

// SP-043
TEST(StreamBuffer, HoldsShortWritesByDefault) {
  expect_full_buffering({});
}

// SP-043
TEST(StreamBuffer, OfSizeMinusOneIsTheDefault) {
  expect_full_buffering({.bufsize = -1});
}

// SP-046
TEST(StreamBuffer, OfSizeOneIsTheDefaultInBinaryMode) {
  expect_full_buffering({.bufsize = 1});
}

// SP-043
TEST(StreamBuffer, ReadsAheadByDefault) {
  sp::Popen p(child("print", "pear", ""), {.std_out = sp::PIPE});
  p.wait();
  EXPECT_EQ(p.std_out().read(1), "p");
  EXPECT_EQ(bytes_in_pipe(p.std_out()), 0);
  EXPECT_EQ(p.std_out().read(), "ear");
}

// SP-050
TEST(StreamEnd, WaitsForEveryHolderOfThePipe) {
  const auto done =
      sp::run(child("leave_grandchild_writing", "100", "late"), {.std_out = sp::PIPE});
  const std::string output = done.std_out.value_or("");
  EXPECT_NE(output.find("late"), std::string::npos) << output;
}

// SP-051
TEST(StreamToAnEndedChild, ReportsABrokenPipeAndTheHostLivesOn) {
  struct sigaction action{};
  ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &action), 0);
  ASSERT_EQ(action.sa_handler, SIG_DFL);
  sp::Popen p(child("exit_with", "0"), {.std_in = sp::PIPE});
  p.wait();
  p.std_in().write("pear");
  EXPECT_EQ(failure_of([&] { p.std_in().flush(); }), Failure{.error = EPIPE});
  EXPECT_EQ(failure_of([&] { p.std_in().close(); }), Failure{.error = EPIPE});
  EXPECT_TRUE(p.std_in().closed());
}

}  // namespace
