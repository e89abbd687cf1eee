#include "support/children/child_args.hpp"
#include "support/faults/broken_pipe.hpp"
#include "support/faults/os_error.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-050
TEST(StreamEnd, WaitsForEveryHolderOfThePipe) {
  const auto done =
      sp::run(child("leave_grandchild_writing", "100", "late"), {.std_out = sp::PIPE});
  const std::string output = done.std_out.value_or("");
  EXPECT_NE(output.find("late"), std::string::npos) << output;
}

// SP-051
TEST(StreamToAnEndedChild, ReportsABrokenPipeAndTheHostLivesOn) {
  expect_default_sigpipe();
  sp::Popen p(child("exit_with", "0"), {.std_in = sp::PIPE});
  p.wait();
  p.std_in().write("pear");
  EXPECT_EQ(failure_of([&] { p.std_in().flush(); }), Failure{.error = EPIPE});
  EXPECT_EQ(failure_of([&] { p.std_in().close(); }), Failure{.error = EPIPE});
  EXPECT_TRUE(p.std_in().closed());
}

}  // namespace
