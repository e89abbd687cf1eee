#include "support/children/child_args.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <string>

#include <windows.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-093
TEST(WindowsText, IsWrittenWithLineEndsOfTwoCharacters) {
  EXPECT_EQ(sp::check_output(child("hex_stdin"), {.input = "a\nb\r\nc", .text = true}),
            "610d0a620d0d0a63");
}

// SP-093
TEST(WindowsText, InBinaryModeStaysAsItIs) {
  EXPECT_EQ(sp::check_output(child("hex_stdin"), {.input = "a\n"}), "610a");
}

// SP-104
TEST(WindowsText, KnowsTheSystemsCodePages) {
  for (const std::string name : {"ansi", "oem", "mbcs"}) {
    EXPECT_EQ(sp::check_output(child("print", "plain\r\n", ""), {.encoding = name}), "plain\n");
  }
}

// SP-104
TEST(WindowsText, OfCodePagesIsDecoded) {
  EXPECT_EQ(sp::check_output(child("print_hex", "e4"), {.encoding = "cp1252"}), "\xC3\xA4");
  EXPECT_EQ(sp::check_output(child("print_hex", "84"), {.encoding = "cp437"}), "\xC3\xA4");
  EXPECT_EQ(
      sp::check_output(child("print_hex", "e40076"), {.encoding = "utf-16-le", .errors = "ignore"}),
      "\xC3\xA4");
  EXPECT_THROW(sp::check_output(child("exit_with", "0"), {.encoding = "iso2022_jp"}),
               progeny::LookupError);
}

}  // namespace
