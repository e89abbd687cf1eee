#include "platform/host/environment.hpp"
#include "support/system/scoped_env.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace progeny::platform {

namespace {

// Has this process look at other variables for the time of one test.
class OtherVariables {
 public:
  explicit OtherVariables(std::vector<std::string> entries) : entries_(std::move(entries)) {
    for (std::string& entry : entries_) {
      pointers_.push_back(entry.data());
    }
    pointers_.push_back(nullptr);
    environ = pointers_.data();
  }
  OtherVariables(const OtherVariables&) = delete;
  OtherVariables& operator=(const OtherVariables&) = delete;
  ~OtherVariables() { environ = before_; }

 private:
  std::vector<std::string> entries_;
  std::vector<char*> pointers_;
  char** before_ = environ;
};

std::vector<Environment::value_type> variables_of(const Environment& environment) {
  return {environment.begin(), environment.end()};
}

TEST(CurrentEnvironment, HasEveryVariableInOrder) {
  const OtherVariables others({"FIRST=1", "EMPTY=", "EQUATION=a=b", "LAST=4"});
  const std::vector<Environment::value_type> all{
      {"FIRST", "1"}, {"EMPTY", ""}, {"EQUATION", "a=b"}, {"LAST", "4"}};
  EXPECT_EQ(variables_of(current_environment()), all);
}

TEST(CurrentEnvironment, LeavesOutWhatIsNoVariable) {
  const OtherVariables others({"", "WORD", "=nameless", "GOOD=yes", "=odd=name"});
  const std::vector<Environment::value_type> good{{"GOOD", "yes"}};
  EXPECT_EQ(variables_of(current_environment()), good);
}

TEST(CurrentEnvironment, IsEmptyWhereThereIsNone) {
  char** const before = environ;
  environ = nullptr;
  const Environment none = current_environment();
  environ = before;
  EXPECT_EQ(none.size(), 0U);
  EXPECT_FALSE(none.is_inherited());
}

TEST(EnvironmentVariable, IsItsValueOrNothing) {
  const testing::ScopedEnv set("PROGENY_TEST_VARIABLE", "a value");
  const testing::ScopedEnv empty("PROGENY_TEST_EMPTY", "");
  const testing::ScopedEnv unset("PROGENY_TEST_UNSET", std::nullopt);
  EXPECT_EQ(environment_variable("PROGENY_TEST_VARIABLE"), "a value");
  EXPECT_EQ(environment_variable("PROGENY_TEST_EMPTY"), "");
  EXPECT_EQ(environment_variable("PROGENY_TEST_UNSET"), std::nullopt);
}

}  // namespace

}  // namespace progeny::platform
