#include "platform/io/overlapped.windows.hpp"
#include "support/children/child_args.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

using progeny::platform::OverlappedRead;

// A child that answers to a line says nothing as long as the line is in our buffer.
void expect_full_buffering(int bufsize) {
  sp::Popen p(child("dialogue", ""), {.bufsize = bufsize, .std_in = sp::PIPE, .std_out = sp::PIPE});
  std::array<char, 16> answer{};
  OverlappedRead reading;
  p.std_in().write("line\n");
  ASSERT_TRUE(reading.start(p.std_out().fileno(), answer));
  EXPECT_EQ(::WaitForSingleObject(reading.event(), 300), WAIT_TIMEOUT);
  p.std_in().flush();
  EXPECT_EQ(std::string(answer.data(), reading.wait().count).substr(0, 5), "line\n");
  p.communicate();
}

// SP-043
TEST(WindowsStreamBuffer, HoldsShortWritesByDefault) {
  expect_full_buffering(-1);
}

// SP-046
TEST(WindowsStreamBuffer, OfSizeOneIsTheDefaultInBinaryMode) {
  expect_full_buffering(1);
}

// SP-043
TEST(WindowsStreamBuffer, ReadsAheadByDefault) {
  sp::Popen p(child("print", "pear", ""), {.std_out = sp::PIPE});
  p.wait();
  EXPECT_EQ(p.std_out().read(1), "p");
  EXPECT_EQ(p.std_out().read(), "ear");
}

}  // namespace
