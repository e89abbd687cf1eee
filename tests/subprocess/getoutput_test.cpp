#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace {

namespace sp = progeny::subprocess;

using Status = std::pair<std::int64_t, std::string>;

// SP-196
TEST(GetOutput, ReturnsTheOutputWithoutTheLastLineEnd) {
  EXPECT_EQ(sp::getoutput("echo xyzzy"), "xyzzy");
}

// SP-196
TEST(GetOutput, DropsOneLineEndOnly) {
  EXPECT_EQ(sp::getoutput("echo one; echo; echo"), "one\n\n");
  EXPECT_EQ(sp::getoutput("printf none"), "none");
  EXPECT_EQ(sp::getoutput(":"), "");
}

// SP-196
TEST(GetStatusOutput, ReturnsStatusAndOutput) {
  EXPECT_EQ(sp::getstatusoutput("echo xyzzy"), (Status{0, "xyzzy"}));
}

// SP-196
TEST(GetStatusOutput, ReturnsTheStatusOfAFailure) {
  const auto [status, output] = sp::getstatusoutput("cat /no/such/file");
  EXPECT_NE(status, 0);
  EXPECT_NE(output, "");
}

// SP-198
TEST(GetStatusOutput, MergesStdoutAndStderrInOrder) {
  EXPECT_EQ(sp::getstatusoutput("printf o; printf e >&2; exit 3"), (Status{3, "oe"}));
}

// SP-198
TEST(GetStatusOutput, Is127ForAnUnknownCommand) {
  EXPECT_EQ(sp::getstatusoutput("no-such-command-anywhere").first, 127);
}

// SP-198
TEST(GetStatusOutput, IsNegativeForASignal) {
  EXPECT_EQ(sp::getstatusoutput("kill -15 $$"), (Status{-15, ""}));
}

// SP-198
TEST(GetOutput, TranslatesLineEnds) {
  EXPECT_EQ(sp::getoutput("printf 'a\\r\\nb\\rc\\n'"), "a\nb\nc");
}

// SP-198
TEST(GetOutput, DecodesWithTheEncodingThatIsAskedFor) {
  EXPECT_EQ(sp::getoutput("printf '\\351'", {.encoding = "latin-1"}), "\u00e9");
  EXPECT_EQ(sp::getoutput("printf 'a\\351'", {.errors = "replace"}), "a\uFFFD");
  EXPECT_THROW((void)sp::getoutput("printf '\\351'"), progeny::UnicodeDecodeError);
}

// SP-198
TEST(GetOutput, RefusesANulByte) {
  EXPECT_THROW((void)sp::getoutput(std::string("echo a\0b", 8)), progeny::ValueError);
}

}  // namespace
