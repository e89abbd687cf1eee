#include "support/children/child_args.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

using Status = decltype(sp::getstatusoutput({}));

// SP-196
TEST(GetOutput, ReturnsTheOutputWithoutTheLastLineEnd) {
  EXPECT_EQ(sp::getoutput("echo xyzzy"), "xyzzy");
}

// SP-196
TEST(GetOutput, DropsOneLineEndOnly) {
  EXPECT_EQ(sp::getoutput(shell_line("print_hex", "6f6e650a0a0a")), "one\n\n");
  EXPECT_EQ(sp::getoutput(shell_line("print_hex", "6e6f6e65")), "none");
  EXPECT_EQ(sp::getoutput(shell_line("exit_with", "0")), "");
}

// SP-196
TEST(GetStatusOutput, ReturnsStatusAndOutput) {
  EXPECT_EQ(sp::getstatusoutput("echo xyzzy"), (Status{0, "xyzzy"}));
}

// SP-198
TEST(GetStatusOutput, MergesStdoutAndStderrInOrder) {
  EXPECT_EQ(sp::getstatusoutput(shell_line("print", "o", "e", "3")), (Status{3, "oe"}));
}

// SP-198
TEST(GetOutput, TranslatesLineEnds) {
  EXPECT_EQ(sp::getoutput(shell_line("print_hex", "610d0a620d630a")), "a\nb\nc");
}

// SP-198
TEST(GetOutput, DecodesWithTheEncodingThatIsAskedFor) {
  EXPECT_EQ(sp::getoutput(shell_line("print_hex", "e9"), {.encoding = "latin-1"}), "\u00e9");
  EXPECT_EQ(sp::getoutput(shell_line("print_hex", "61e9"), {.errors = "replace"}), "a\uFFFD");
  EXPECT_THROW((void)sp::getoutput(shell_line("print_hex", "e9")), progeny::UnicodeDecodeError);
}

// SP-198
TEST(GetOutput, RefusesANulByte) {
  EXPECT_THROW((void)sp::getoutput(std::string("echo a\0b", 8)), progeny::ValueError);
}

}  // namespace
