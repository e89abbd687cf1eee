#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

namespace {

namespace sp = progeny::subprocess;

using Status = decltype(sp::getstatusoutput({}));

// SP-196
TEST(GetStatusOutput, ReturnsTheStatusOfAFailure) {
  const auto [status, output] = sp::getstatusoutput("cat /no/such/file");
  EXPECT_NE(status, 0);
  EXPECT_NE(output, "");
}

// SP-198
TEST(GetStatusOutput, Is127ForAnUnknownCommand) {
  EXPECT_EQ(sp::getstatusoutput("no-such-command-anywhere").first, 127);
}

// SP-198
TEST(GetStatusOutput, IsNegativeForASignal) {
  EXPECT_EQ(sp::getstatusoutput("kill -15 $$"), (Status{-15, ""}));
}

}  // namespace
