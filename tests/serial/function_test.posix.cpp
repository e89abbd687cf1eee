// Functions that another process of the same program made a token of, called here.

#include <progeny/serial/function.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

namespace sp = progeny::subprocess;

// The same program, linked in several ways. The build defines where they are.
const std::string pie = PROGENY_TEST_PEER;
const std::string no_pie = PROGENY_TEST_PEER "_no_pie";
const std::string no_build_id = PROGENY_TEST_PEER "_no_build_id";
const std::string stripped = PROGENY_TEST_PEER "_stripped";

std::string token_from(const std::string& program, const std::string& name) {
  return sp::check_output({program, "token", name});
}

std::string called_in(const std::string& program, const std::string& token) {
  return sp::check_output({program, "call", token});
}

class FunctionIn : public ::testing::TestWithParam<std::string> {
 protected:
  static std::string result_of(const std::string& name) {
    return called_in(GetParam(), token_from(GetParam(), name));
  }
};

TEST_P(FunctionIn, AnotherProcessIsCalledByAPointer) {
  EXPECT_EQ(result_of("plain"), "8");
  EXPECT_EQ(result_of("template"), "35");
}

TEST_P(FunctionIn, AnotherProcessIsCalledByItsType) {
  EXPECT_EQ(result_of("lambda"), "49");
}

// MP-182
TEST_P(FunctionIn, AnotherProcessMayBeAMember) {
  EXPECT_EQ(result_of("member"), "-7");
}

TEST_P(FunctionIn, AnotherProcessMayBeInALinkedLibrary) {
  EXPECT_EQ(result_of("linked_function"), "21");
  EXPECT_EQ(result_of("linked_lambda"), "1007");
}

TEST_P(FunctionIn, ALibraryThatIsNotLoadedIsRefused) {
  EXPECT_NE(result_of("plugin_lambda").find("it is not loaded here"), std::string::npos);
  EXPECT_NE(result_of("plugin_function").find("it is not loaded here"), std::string::npos);
}

TEST_P(FunctionIn, ALibraryThatMayBeLoadedIsCalled) {
  for (const auto& [name, result] :
       {std::pair("plugin_lambda", "1007"), std::pair("plugin_function", "21")}) {
    const std::string token = token_from(GetParam(), name);
    EXPECT_EQ(sp::check_output({GetParam(), "call_loading", token}), result);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs,
                         FunctionIn,
                         ::testing::Values(pie, no_pie, no_build_id, stripped));

TEST(FunctionOfAnotherBuild, IsRefused) {
  for (const auto& [sender, receiver] : {std::pair(pie, no_pie),
                                         std::pair(no_pie, pie),
                                         std::pair(pie, no_build_id),
                                         std::pair(no_build_id, pie)}) {
    const std::string result = called_in(receiver, token_from(sender, "plain"));
    EXPECT_NE(result.find("another build of it runs here"), std::string::npos) << result;
  }
}

TEST(FunctionOfAnotherBuild, IsFoundByItsName) {
  EXPECT_EQ(called_in(no_pie, token_from(pie, "registered")), "107");
  EXPECT_EQ(called_in(pie, token_from(no_build_id, "registered")), "107");
}

// The build-id says what was linked, and stripping changes nothing of that.
TEST(FunctionOfTheSameBuild, MayHaveLostItsSymbols) {
  EXPECT_EQ(called_in(stripped, token_from(pie, "plain")), "8");
  EXPECT_EQ(called_in(pie, token_from(stripped, "lambda")), "49");
}

}  // namespace
