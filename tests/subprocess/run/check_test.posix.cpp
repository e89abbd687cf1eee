#include "support/children/child_args.hpp"
#include "support/faults/called_process_error.hpp"

#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-154
TEST(Check, ThrowsForASignal) {
  const auto error = called_process_error(
      [] { sp::run(child("raise_signal", std::to_string(SIGTERM)), {.check = true}); });
  EXPECT_EQ(error.returncode(), -SIGTERM);
  EXPECT_EQ(error.output(), std::nullopt);
  EXPECT_EQ(error.std_err(), std::nullopt);
}

// SP-164
TEST(ErrorMessages, NameTheSignal) {
  const std::string message = sp::CalledProcessError(-6, {"fake"}).what();
  EXPECT_NE(message.find("Signal"), std::string::npos) << message;
  EXPECT_NE(message.find("SIGABRT"), std::string::npos) << message;
  EXPECT_NE(message.find('6'), std::string::npos) << message;
}

// SP-164
TEST(ErrorMessages, SayThatASignalIsUnknown) {
  const std::string message = sp::CalledProcessError(-9876543, {"fake"}).what();
  EXPECT_NE(message.find("unknown signal 9876543."), std::string::npos) << message;
}

}  // namespace
