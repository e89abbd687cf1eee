#include "support/children/child_args.hpp"

#include <progeny/base/environment.hpp>
#include <progeny/os/environment.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// What Windows itself cannot start a program without.
progeny::Environment with_root(progeny::Environment environment) {
  environment.set("SystemRoot",
                  progeny::os::environment().get("SystemRoot").value_or("C:\\windows"));
  return environment;
}

std::string listed(const progeny::Environment& environment) {
  return sp::check_output(child("print_environment"), {.env = environment});
}

// SP-082
TEST(WindowsEnvironment, MayBeEmpty) {
  EXPECT_EQ(sp::call(child("exit_with", "7"), {.env = {}}), 7);
}

// SP-087
TEST(WindowsEnvironment, HasOneOfNamesThatDifferByCase) {
  const std::string text = listed(with_root({{"fruit", "orange"}, {"FRUIT", "pear"}}));
  EXPECT_NE(text.find("FRUIT=pear\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("orange"), std::string::npos) << text;
}

// SP-087
TEST(WindowsEnvironment, IsSortedWithoutRegardToCase) {
  const std::string text = listed(with_root({{"b_two", "2"}, {"A_one", "1"}, {"C_three", "3"}}));
  EXPECT_LT(text.find("A_one="), text.find("b_two=")) << text;
  EXPECT_LT(text.find("b_two="), text.find("C_three=")) << text;
}

// SP-085
TEST(WindowsEnvironment, MayHaveNamesThatBeginWithAnEqualSign) {
  auto environment = progeny::os::environment();
  environment.set("=Q:", "Q:\\folder");
  const std::string text = listed(environment);
  EXPECT_NE(text.find("=Q:=Q:\\folder\n"), std::string::npos) << text;
}

// SP-083
TEST(WindowsEnvironment, IsUnicode) {
  const std::string text =
      listed(with_root({{"Fr\xC3\xBC"
                         "chte",
                         "\xE6\x9F\xBF"}}));
  EXPECT_NE(text.find("Fr\xC3\xBC"
                      "chte=\xE6\x9F\xBF\n"),
            std::string::npos)
      << text;
}

}  // namespace
