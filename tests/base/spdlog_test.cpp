// A host that logs with spdlog: including the header connects it.

#include "base/log.hpp"

#include <progeny/spdlog.hpp>

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>

namespace {

/// A logger `progeny` that is registered while it lives.
class Registered {
 public:
  Registered() {
    auto logger = std::make_shared<spdlog::logger>(
        "progeny", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
    logger->set_pattern("%l: %v");
    logger->set_level(spdlog::level::warn);
    spdlog::register_logger(logger);
  }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  ~Registered() { spdlog::drop("progeny"); }

  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
};

TEST(Spdlog, TakesWarningsWhileTheLoggerIsRegistered) {
  const Registered logger;
  progeny::detail::log_warning("odd {}");
  EXPECT_EQ(logger.text(), "warning: odd {}\n");
  EXPECT_EQ(progeny::detail::host_log_level(), 30);
}

TEST(Spdlog, LeavesWarningsToStderrWithoutTheLogger) {
  ::testing::internal::CaptureStderr();
  progeny::detail::log_warning("odd");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "[progeny] [warning] odd\n");
  EXPECT_EQ(progeny::detail::host_log_level(), std::nullopt);
}

TEST(Spdlog, HasTheLevelThatPythonsNumberMeans) {
  using progeny::detail::spdlog_level;
  EXPECT_EQ(spdlog_level(0), spdlog::level::trace);
  EXPECT_EQ(spdlog_level(19), spdlog::level::debug);
  EXPECT_EQ(spdlog_level(25), spdlog::level::info);
  EXPECT_EQ(spdlog_level(30), spdlog::level::warn);
  EXPECT_EQ(spdlog_level(50), spdlog::level::critical);
  EXPECT_EQ(spdlog_level(1000), spdlog::level::critical);
}

}  // namespace
