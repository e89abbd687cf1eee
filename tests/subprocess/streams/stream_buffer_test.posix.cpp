#include "support/children/child_args.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

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

}  // namespace
