#include <progeny/multiprocessing/errors.hpp>

#include <gtest/gtest.h>

namespace progeny::multiprocessing {

namespace {

template <class Error>
bool is_caught_as_process_error(const Error& error) {
  try {
    throw error;
  } catch (const ProcessError&) {
    return true;
  }
}

// MP-001
TEST(ProcessErrors, AreCaughtByOneHandler) {
  EXPECT_TRUE(is_caught_as_process_error(BufferTooShort("message", 3)));
  EXPECT_TRUE(is_caught_as_process_error(TimeoutError("too long")));
  EXPECT_TRUE(is_caught_as_process_error(AuthenticationError("no")));
}

}  // namespace

}  // namespace progeny::multiprocessing
