#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-015
TEST(Executable, WinsOverAValidProgram) {
  EXPECT_EQ(failure_of([] { sp::run(child("exit_with", "0"), {.executable = "/no/such"}); }),
            (Failure{ENOENT, "/no/such"}));
}

// SP-023
TEST(AbsoluteProgram, RunsAsExecutableUnderAnotherName) {
  const TempDir dir;
  const sp::Args args{"bogus", "print_program_name"};
  EXPECT_EQ(sp::check_output(args, {.executable = test_child()}), "bogus");
  EXPECT_EQ(sp::check_output(args, {.executable = test_child(), .cwd = dir.path()}), "bogus");
}

}  // namespace
