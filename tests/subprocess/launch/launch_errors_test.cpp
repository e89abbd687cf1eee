#include "platform/launch/child_exec.posix.hpp"
#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/scoped_env.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-166
TEST(LaunchError, NamesAMissingProgramAsItWasGiven) {
  const ScopedEnv path("PATH", "/usr/bin:/bin");
  for (const std::string name : {"/no/such/program", "./no_such", "no_such_program", "a/../b"}) {
    const Failure missing{.error = ENOENT, .filename = name};
    EXPECT_EQ(failure_of([&] { const sp::Popen process({name, "word"}); }), missing);
    EXPECT_EQ(failure_of([&] { sp::run(std::vector{name}, {.capture_output = true}); }), missing);
  }
}

// SP-167
TEST(LaunchError, NamesAMissingExecutableRatherThanTheProgram) {
  const ScopedEnv path("PATH", "/usr/bin:/bin");
  EXPECT_EQ(failure_of([] {
              const sp::Popen process(child("exit_with", "0"), {.executable = "/no/such"});
            }),
            (Failure{ENOENT, "/no/such"}));
  EXPECT_EQ(failure_of([] {
              const sp::Popen process(child("exit_with", "0"), {.executable = "no_such_program"});
            }),
            (Failure{ENOENT, "no_such_program"}));
}

}  // namespace
