#include "support/children/child_args.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

TEST(StreamWrite, LeavesLineEndsAsTheyAreInTextMode) {
  sp::Popen p(child("hex_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE, .text = true});
  p.std_in().write("a\nb\r\nc\r");
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "610a620d0a630d");
  p.wait();
}

}  // namespace
