#include "support/children/child_args.hpp"
#include "support/children/trace.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/system_variables.hpp"

#include <progeny/base/environment.hpp>
#include <progeny/base/errors.hpp>
#include <progeny/os/environment.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

std::string seen_with(const progeny::Environment& env) {
  return without_system_variables(sp::check_output(child("print_environment"), {.env = env}));
}

void expect_refused(const progeny::Environment& env) {
  const Trace trace;
  EXPECT_THROW(sp::run(trace.command(), {.env = env}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-080
TEST(Env, IsTheParentsIfItIsNotGiven) {
  const ScopedEnv fruit("PROGENY_FRUIT", "pear");
  EXPECT_EQ(sp::check_output(child("print_variable", "PROGENY_FRUIT")), "pear");
}

// SP-080
TEST(Env, IsTheParentsAtTheTimeOfTheLaunch) {
  const sp::Options options{.std_out = sp::PIPE};
  const sp::Args args = child("print_variable", "PROGENY_FRUIT");
  const ScopedEnv fruit("PROGENY_FRUIT", "pear");
  EXPECT_EQ(sp::run(args, options).std_out, "pear");
  const ScopedEnv changed("PROGENY_FRUIT", "quince");
  EXPECT_EQ(sp::run(args, options).std_out, "quince");
  const ScopedEnv removed("PROGENY_FRUIT", {});
  EXPECT_EQ(sp::run(args, options).std_out, "(not there)");
}

// SP-081
TEST(Env, ReplacesEverything) {
  const ScopedEnv inherited("PROGENY_INHERITED", "yes");
  EXPECT_EQ(seen_with({{"FRUIT", "orange"}}), "FRUIT=orange\n");
}

// SP-081
TEST(Env, LeavesTheParentsAlone) {
  const ScopedEnv fruit("PROGENY_FRUIT", "pear");
  sp::run(child("exit_with", "0"), {.env = {{"PROGENY_FRUIT", "orange"}, {"PROGENY_NEW", "1"}}});
  EXPECT_EQ(progeny::os::environment().get("PROGENY_FRUIT"), "pear");
  EXPECT_EQ(progeny::os::environment().get("PROGENY_NEW"), std::nullopt);
}

// SP-081
TEST(Env, MayBeTheParentsWithAChange) {
  const ScopedEnv fruit("PROGENY_FRUIT", "pear");
  progeny::Environment env = progeny::os::environment();
  env.set("PROGENY_TREE", "oak");
  env.erase("PROGENY_FRUIT");
  EXPECT_EQ(sp::check_output(child("print_variable", "PROGENY_TREE"), {.env = env}), "oak");
  EXPECT_EQ(sp::check_output(child("print_variable", "PROGENY_FRUIT"), {.env = env}),
            "(not there)");
}

// SP-083
TEST(Env, RefusesNul) {
  expect_refused({{std::string("FRUIT\0VEGETABLE", 15), "cabbage"}});
  expect_refused({{"FRUIT", std::string("orange\0VEGETABLE=cabbage", 24)}});
}

// SP-084
TEST(Env, RefusesAnEqualsSignInAName) {
  expect_refused({{"FRUIT=ORANGE", "lemon"}});
  expect_refused({{"FRUIT=", "lemon"}});
}

// SP-084
TEST(Env, AllowsAnEqualsSignInAValue) {
  EXPECT_EQ(seen_with({{"FRUIT", "orange=lemon"}, {"ROOT", "="}}), "FRUIT=orange=lemon\nROOT==\n");
}

// SP-084
TEST(Env, KeepsAnEmptyValue) {
  EXPECT_EQ(seen_with({{"FRUIT", ""}}), "FRUIT=\n");
}

// SP-085
TEST(Env, RefusesAnEmptyName) {
  expect_refused({{"", "x"}});
}

// SP-087
TEST(Env, TakesTheOrderOfAnyRangeOfPairs) {
  const std::map<std::string, std::string> variables{{"C", "3"}, {"A", "1"}, {"B", "2"}};
  EXPECT_EQ(seen_with({variables.begin(), variables.end()}), "A=1\nB=2\nC=3\n");
}

// SP-087
TEST(Env, HasANameOnceWithItsLastValue) {
  EXPECT_EQ(seen_with({{"A", "1"}, {"B", "2"}, {"A", "3"}}), "A=3\nB=2\n");
}

}  // namespace
