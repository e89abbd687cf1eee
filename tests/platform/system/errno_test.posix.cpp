#include "platform/system/errno.posix.hpp"
#include "support/faults/os_error.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <system_error>

namespace progeny::platform {

namespace {

using testing::Failure;
using testing::failure_of;

// A call that fails so often with `error` before it returns 7.
struct FailingCall {
  int failures;
  int error;
  int& calls;

  int operator()() const {
    if (++calls <= failures) {
      errno = error;
      return -1;
    }
    return 7;
  }
};

TEST(ErrnoKeeper, PutsErrnoBack) {
  errno = ENOENT;
  {
    const ErrnoKeeper keeper;
    errno = EINTR;
  }
  EXPECT_EQ(errno, ENOENT);
}

TEST(LastError, IsThatOfErrno) {
  errno = EACCES;
  EXPECT_EQ(last_error(), std::errc::permission_denied);
}

TEST(RetryInterrupted, CallsUntilTheCallIsNotInterrupted) {
  int calls = 0;
  EXPECT_EQ(retry_interrupted(FailingCall{.failures = 3, .error = EINTR, .calls = calls}), 7);
  EXPECT_EQ(calls, 4);
}

TEST(RetryInterrupted, PassesOnAnyOtherError) {
  int calls = 0;
  EXPECT_EQ(retry_interrupted(FailingCall{.failures = 3, .error = EAGAIN, .calls = calls}), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(calls, 1);
}

TEST(RetryInterrupted, TakesAResultForOneWhateverErrnoIs) {
  errno = EINTR;
  EXPECT_EQ(retry_interrupted([] { return 0; }), 0);
}

TEST(Checked, PassesOnAResult) {
  EXPECT_EQ(checked(0, "call"), 0);
  EXPECT_EQ(checked(5L, "call"), 5L);
  EXPECT_EQ(checked(-2, "call"), -2);
}

TEST(Checked, ThrowsWhatTheCallLeftInErrno) {
  errno = EPERM;
  try {
    checked(-1, "chroot");
    FAIL() << "nothing was thrown";
  } catch (const OSError& error) {
    EXPECT_EQ(error.code(), std::errc::operation_not_permitted);
    EXPECT_EQ(error.call(), "chroot");
    EXPECT_FALSE(error.filename());
  }
}

TEST(ThrowErrno, NamesTheFile) {
  errno = ENOENT;
  EXPECT_EQ(failure_of([] { throw_errno("open", "/no/such"); }),
            (Failure{.error = ENOENT, .filename = "/no/such"}));
}

}  // namespace

}  // namespace progeny::platform
