// Where the library's warnings go.

#include "base/log.hpp"

#include <progeny/base/host_log.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace {

using progeny::HostLog;
using progeny::set_host_log;
using progeny::detail::host_log_level;
using progeny::detail::log_warning;

std::string last_record;

const HostLog taking{.write =
                         [](int level, std::string_view text) {
                           last_record = std::to_string(level) + " " + std::string(text);
                           return true;
                         },
                     .level = []() -> std::optional<int> { return 40; }};

const HostLog refusing{.write = [](int, std::string_view) { return false; },
                       .level = []() -> std::optional<int> { return std::nullopt; }};

const HostLog failing{
    .write = [](int, std::string_view) -> bool { throw std::runtime_error("no log today"); },
    .level = []() -> std::optional<int> { throw std::runtime_error("no log today"); }};

/// The log of this program, until the test ends.
class OwnLog {
 public:
  explicit OwnLog(const HostLog* log) : before_(set_host_log(log)) {}
  OwnLog(const OwnLog&) = delete;
  OwnLog& operator=(const OwnLog&) = delete;
  ~OwnLog() { set_host_log(before_); }

 private:
  const HostLog* before_;
};

std::string stderr_of_warning(std::string_view text) {
  ::testing::internal::CaptureStderr();
  log_warning(text);
  return ::testing::internal::GetCapturedStderr();
}

TEST(Log, WritesAWarningToStderrWithoutAHost) {
  const OwnLog none(nullptr);
  EXPECT_EQ(stderr_of_warning("child 7 is still running"),
            "[progeny] [warning] child 7 is still running\n");
  EXPECT_EQ(host_log_level(), std::nullopt);
}

TEST(Log, HandsAWarningToTheHost) {
  const OwnLog own(&taking);
  EXPECT_EQ(stderr_of_warning("odd"), "");
  EXPECT_EQ(last_record, "30 odd");
  EXPECT_EQ(host_log_level(), 40);
}

TEST(Log, WritesToStderrWhatTheHostDoesNotTake) {
  const OwnLog own(&refusing);
  EXPECT_EQ(stderr_of_warning("odd"), "[progeny] [warning] odd\n");
}

TEST(Log, NeverThrows) {
  const OwnLog own(&failing);
  EXPECT_NO_THROW(log_warning("odd"));
  EXPECT_EQ(host_log_level(), std::nullopt);
}

TEST(SetHostLog, ReturnsTheLogBefore) {
  const OwnLog own(&taking);
  EXPECT_EQ(set_host_log(&refusing), &taking);
  EXPECT_EQ(set_host_log(nullptr), &refusing);
  EXPECT_EQ(set_host_log(nullptr), nullptr);
}

}  // namespace
