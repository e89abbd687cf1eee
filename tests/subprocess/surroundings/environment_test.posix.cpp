#include "support/children/child_args.hpp"
#include "support/children/trace.hpp"

#include <progeny/base/environment.hpp>
#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

std::string seen_with(const progeny::Environment& env) {
  return sp::check_output(child("print_environment"), {.env = env});
}

void expect_refused(const progeny::Environment& env) {
  const Trace trace;
  EXPECT_THROW(sp::run(trace.command(), {.env = env}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-082
TEST(Env, HasNoEntryIfItIsEmpty) {
  EXPECT_EQ(sp::check_output(child("print_environment"), {.env = {}}), "");
}

// SP-084
TEST(Env, RefusesAnEqualsSignAtTheStartOfAName) {
  expect_refused({{"=FRUIT", "lemon"}});
}

// SP-086
TEST(Env, PassesBytesThatAreNoUtf8) {
  EXPECT_EQ(seen_with({{"FRUIT\xFF", "\x80orange\xC3"}}), "FRUIT\xFF=\x80orange\xC3\n");
}

// SP-087
TEST(Env, KeepsItsOrder) {
  EXPECT_EQ(seen_with({{"ZEBRA", "1"}, {"APE", "2"}, {"MULE", "3"}, {"ape", "4"}}),
            "ZEBRA=1\nAPE=2\nMULE=3\nape=4\n");
}

}  // namespace
