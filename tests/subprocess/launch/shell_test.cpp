#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

namespace {

namespace sp = progeny::subprocess;

// SP-019
TEST(Shell, HasNothingToDoForAnEmptyString) {
  EXPECT_EQ(sp::run("", {.shell = true}).returncode, 0);
}

// SP-019
TEST(Shell, HandsOverTheCodeOfItsCommand) {
  EXPECT_EQ(sp::run("exit 47", {.shell = true}).returncode, 47);
}

}  // namespace
