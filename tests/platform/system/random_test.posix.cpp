#include "platform/system/random.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/faults/signal_storm.posix.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <set>
#include <string>
#include <system_error>

#include <sys/syscall.h>

namespace progeny::platform {

namespace {

constexpr std::size_t much = std::size_t{1} << 20;

TEST(RandomBytes, AreAsManyAsAskedFor) {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{257}, much}) {
    EXPECT_EQ(random_bytes(count).size(), count);
  }
}

TEST(RandomBytes, AreOthersEachTime) {
  std::set<std::string> seen;
  for (int time = 0; time < 100; ++time) {
    seen.insert(random_bytes(16));
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(RandomBytes, AreFilledToTheLastUnderSignals) {
  const testing::SignalStorm storm;
  const std::string bytes = random_bytes(8 * much);
  // A part that was left out would be zeros: 32 in a row do not come by chance.
  EXPECT_EQ(bytes.find(std::string(32, '\0')), std::string::npos);
}

TEST(RandomBytes, LeaveErrnoAsItWas) {
  errno = ENOTTY;
  EXPECT_EQ(random_bytes(16).size(), 16U);
  EXPECT_EQ(errno, ENOTTY);
}

// B. A sandbox may refuse the call; the device gives the same bytes.
TEST(RandomBytes, ComeFromTheDeviceWhereTheCallIsRefused) {
  for (const int error : {EPERM, ENOSYS, EINVAL, EACCES}) {
    EXPECT_EQ(testing::verdict_of_copy([error] {
                testing::refuse_calls({SYS_getrandom}, error);
                return random_bytes(16) != random_bytes(16) ? 0 : 1;
              }),
              0)
        << error;
  }
}

TEST(RandomBytes, ThatTheSystemRefusesAreAnError) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              testing::refuse_calls({SYS_getrandom, SYS_openat}, ENOSYS);
              try {
                static_cast<void>(random_bytes(16));
                return 1;
              } catch (const OSError& error) {
                return error.code() == std::errc::function_not_supported &&
                               error.call() == "getrandom"
                           ? 0
                           : 2;
              }
            }),
            0);
}

}  // namespace

}  // namespace progeny::platform
