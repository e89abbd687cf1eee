#include "support/children/child_args.hpp"

#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// 259 is what GetExitCodeProcess gives for a process that runs, 3221225786 how Ctrl-C ends one.
constexpr std::int64_t codes[] = {0, 1, 47, 100, 127, 255, 259, 65536, 3221225786, 4294967295};

// SP-002
TEST(ExitCode, ComesBackWithAll32BitsAndStaysPositive) {
  for (const std::int64_t code : codes) {
    sp::Popen p(child("exit_with", std::to_string(code)));
    EXPECT_EQ(p.wait(), code);
    EXPECT_EQ(p.poll(), code);
    EXPECT_EQ(p.returncode(), code);
  }
}

// SP-002
TEST(ExitCode, OfNtstatusIsNoSignal) {
  try {
    sp::check_call(child("exit_with", "3221225786"));
    FAIL() << "no exception";
  } catch (const sp::CalledProcessError& error) {
    EXPECT_EQ(error.returncode(), 3221225786);
    EXPECT_NE(std::string(error.what()).find("returned non-zero exit status 3221225786."),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
