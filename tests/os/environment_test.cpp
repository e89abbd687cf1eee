#include "support/children/child_args.hpp"
#include "support/system/scoped_env.hpp"

#include <progeny/os/environment.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace {

using namespace progeny::testing;
namespace os = progeny::os;
namespace sp = progeny::subprocess;

TEST(OsEnvironment, HoldsTheVariablesOfThisProcess) {
  const ScopedEnv fruit("PROGENY_TEST_FRUIT", "apple=green");
  EXPECT_EQ(os::environment().get("PROGENY_TEST_FRUIT"), "apple=green");
  EXPECT_FALSE(os::environment().is_inherited());
}

TEST(OsEnvironment, KnowsNothingOfAMissingVariable) {
  EXPECT_EQ(os::environment().get("PROGENY_TEST_NOT_THERE"), std::nullopt);
}

TEST(OsEnvironment, KeepsAnEmptyValue) {
  const ScopedEnv empty("PROGENY_TEST_FRUIT", "");
  EXPECT_EQ(os::environment().get("PROGENY_TEST_FRUIT"), "");
}

TEST(OsEnvironment, IsACopy) {
  const ScopedEnv fruit("PROGENY_TEST_FRUIT", "apple");
  auto copy = os::environment();
  copy.set("PROGENY_TEST_FRUIT", "orange");
  EXPECT_EQ(os::environment().get("PROGENY_TEST_FRUIT"), "apple");
}

TEST(OsEnvironment, IsWhatAChildCanBeGiven) {
  auto environment = os::environment();
  environment.set("PROGENY_TEST_FRUIT", "orange");
  EXPECT_EQ(sp::check_output(child("print_variable", "PROGENY_TEST_FRUIT"), {.env = environment}),
            "orange");
}

}  // namespace
