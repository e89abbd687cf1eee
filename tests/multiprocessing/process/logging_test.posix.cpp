// The log of multiprocessing.

#include "multiprocessing/methods.hpp"
#include "support/system/file_contents.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/multiprocessing/logging.hpp>

#include <gmock/gmock.h>

#include <cstdio>
#include <string>

namespace {

using progeny::multiprocessing::LogLevel;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace mp = progeny::multiprocessing;

/// In a child, because the log of a process cannot be switched off again.
int exitcode_in_fork(const std::function<void()>& body) {
  auto process = mp::get_context("fork").Process(body);
  process.start();
  process.join();
  return static_cast<int>(process.exitcode().value_or(-1));
}

void require(bool fact) {
  if (!fact) {
    throw mp::SystemExit(1);
  }
}

// MP-276
TEST(Logger, IsOneAndSaysNothingAtFirst) {
  auto& logger = mp::get_logger();
  EXPECT_EQ(&logger, &mp::get_logger());
  EXPECT_EQ(logger.name(), "multiprocessing");
  EXPECT_EQ(logger.level(), LogLevel::notset);
  EXPECT_FALSE(logger.is_enabled_for(LogLevel::critical));
  ::testing::internal::CaptureStderr();
  logger.error("not written");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
}

// MP-276
TEST(Logger, HasPythonsNumbers) {
  EXPECT_EQ(static_cast<int>(LogLevel::subdebug), 5);
  EXPECT_EQ(static_cast<int>(LogLevel::subwarning), 25);
  EXPECT_EQ(static_cast<int>(LogLevel::warning), 30);
}

// MP-277
TEST(Logger, WritesLevelAndProcessToStderr) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(exitcode_in_fork([] {
              mp::current_process().set_name("Talker");
              mp::log_to_stderr(LogLevel::info).info("hello");
              mp::get_logger().debug("too fine");
            }),
            0);
  const auto text = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, HasSubstr("[INFO/Talker] hello\n"));
  EXPECT_THAT(text, Not(HasSubstr("too fine")));
}

// MP-277
TEST(Logger, WritesOnceForEachCallOfLogToStderr) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(exitcode_in_fork([] {
              mp::current_process().set_name("Talker");
              mp::log_to_stderr();
              mp::log_to_stderr(LogLevel::error).error("twice");
            }),
            0);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "[ERROR/Talker] twice\n[ERROR/Talker] twice\n");
}

class LogOfChildren : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(LogOfChildren);

// MP-278, MP-066
TEST_P(LogOfChildren, HasTheLevelAndSwitchOfTheParent) {
  const progeny::testing::TempDir folder;
  const std::string file = folder.path() / "log";
  EXPECT_EQ(exitcode_in_fork([method = GetParam(), file] {
              mp::log_to_stderr(static_cast<LogLevel>(32));
              // A child of the forkserver has the stderr that the server was started with.
              const auto talk = [](const std::string& to) {
                require(std::freopen(to.c_str(), "w", stderr) != nullptr);
                mp::get_logger().error("from the child");
                mp::get_logger().warning("too low");
                require(mp::get_logger().effective_level() == static_cast<LogLevel>(32));
              };
              auto child = mp::get_context(method).Process(talk, file);
              child.start();
              child.join();
              require(child.exitcode() == 0);
            }),
            0);
  const auto text = progeny::testing::contents(file);
  EXPECT_THAT(text, HasSubstr("from the child"));
  EXPECT_THAT(text, HasSubstr("Process-"));
  EXPECT_THAT(text, Not(HasSubstr("too low")));
}

}  // namespace
