#include "support/children/child_args.hpp"

#include <progeny/subprocess.hpp>
#include <progeny/subprocess/format.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-165
TEST(PopenRepr, ShowsReturncodeAndArgs) {
  sp::Popen p({"any", "exit_with", "0"}, {.executable = test_child()});
  EXPECT_EQ(p.repr(), "<Popen: returncode: None args: ['any', 'exit_with', '0']>");
  p.wait();
  EXPECT_EQ(p.repr(), "<Popen: returncode: 0 args: ['any', 'exit_with', '0']>");
}

// SP-165
TEST(PopenRepr, IsCutToEightyCharacters) {
  sp::Popen p(child("exit_with", "0", std::string(200, 'x')));
  p.wait();
  const std::string text = p.repr();
  EXPECT_EQ(text.size(), 80U);
  EXPECT_TRUE(text.ends_with("...>")) << text;
}

// H3
TEST(PopenRepr, IsCutBetweenCharacters) {
  std::string word;
  for (int i = 0; i < 200; ++i) {
    word += "\u00e9";
  }
  sp::Popen p({"any", "exit_with", "0", word}, {.executable = test_child()});
  p.wait();
  const std::string text = p.repr();
  ASSERT_TRUE(text.ends_with("\u00e9...>")) << text;
  const auto characters = std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; });
  EXPECT_EQ(characters, 80);
}

TEST(Printing, IsTheSameByStreamAndByFmt) {
  sp::Popen p({"any", "exit_with", "0"}, {.executable = test_child()});
  p.wait();
  std::ostringstream out;
  out << p;
  EXPECT_EQ(out.str(), p.repr());
  EXPECT_EQ(fmt::format("{}", p), p.repr());
}

}  // namespace
