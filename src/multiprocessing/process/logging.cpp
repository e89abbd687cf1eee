#include "multiprocessing/process/logging.hpp"

#include "base/made_early.hpp"

#include <progeny/multiprocessing/logging.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <fmt/core.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>

namespace progeny::multiprocessing {

namespace {

// Two independent settings. No other memory depends on them, so their order does not matter.
std::atomic<int> own_level{0};
std::atomic<int> stderr_handlers{0};

std::string name_of(LogLevel level) {
  switch (level) {
    case LogLevel::notset:
      return "NOTSET";
    case LogLevel::subdebug:
      return "SUBDEBUG";
    case LogLevel::debug:
      return "DEBUG";
    case LogLevel::info:
      return "INFO";
    case LogLevel::subwarning:
      return "SUBWARNING";
    case LogLevel::warning:
      return "WARNING";
    case LogLevel::error:
      return "ERROR";
    case LogLevel::critical:
      return "CRITICAL";
  }
  return fmt::format("Level {}", static_cast<int>(level));
}

// spdlog has six levels, Python has numbers: a number gets the highest level that is not above it.
spdlog::level::level_enum spdlog_level(LogLevel level) noexcept {
  const int number = static_cast<int>(level);
  if (number < static_cast<int>(LogLevel::debug)) {
    return spdlog::level::trace;
  }
  if (number < static_cast<int>(LogLevel::info)) {
    return spdlog::level::debug;
  }
  if (number < static_cast<int>(LogLevel::warning)) {
    return spdlog::level::info;
  }
  if (number < static_cast<int>(LogLevel::error)) {
    return spdlog::level::warn;
  }
  return number < static_cast<int>(LogLevel::critical) ? spdlog::level::err
                                                       : spdlog::level::critical;
}

LogLevel level_of(spdlog::level::level_enum level) noexcept {
  switch (level) {
    case spdlog::level::trace:
      return LogLevel::subdebug;
    case spdlog::level::debug:
      return LogLevel::debug;
    case spdlog::level::info:
      return LogLevel::info;
    case spdlog::level::warn:
      return LogLevel::warning;
    case spdlog::level::err:
      return LogLevel::error;
    default:
      return LogLevel::critical;
  }
}

// With a logger and a sink of its own, which need no lock: a forked child could find a shared one
// locked. Records do not mix, because spdlog writes each with one fwrite to unbuffered stderr.
void write_record(const std::string& record, LogLevel level, std::source_location where) {
  spdlog::logger writer("multiprocessing", std::make_shared<spdlog::sinks::stderr_sink_st>());
  writer.set_level(spdlog::level::trace);
  writer.set_pattern("%v");
  writer.log(
      spdlog::source_loc{where.file_name(), static_cast<int>(where.line()), where.function_name()},
      spdlog_level(level),
      "{}",
      record);
  writer.flush();
}

}  // namespace

std::string_view Logger::name() const noexcept {
  return "multiprocessing";
}

LogLevel Logger::level() const noexcept {
  return static_cast<LogLevel>(own_level.load(std::memory_order_relaxed));
}

void Logger::set_level(LogLevel level) noexcept {
  own_level.store(static_cast<int>(level), std::memory_order_relaxed);
}

// The host's logger `progeny` takes the place of Python's root logger.
LogLevel Logger::effective_level() const noexcept {
  if (level() != LogLevel::notset) {
    return level();
  }
  try {
    const auto host = spdlog::get("progeny");
    return host ? level_of(host->level()) : LogLevel::warning;
  } catch (...) {
    return LogLevel::warning;
  }
}

bool Logger::is_enabled_for(LogLevel level) const noexcept {
  return stderr_handlers.load(std::memory_order_relaxed) > 0 && level >= effective_level();
}

void Logger::log(LogLevel level, std::string_view text, std::source_location where) const noexcept {
  if (!is_enabled_for(level)) {
    return;
  }
  try {
    const auto record = fmt::format("[{}/{}] {}", name_of(level), current_process().name(), text);
    for (int i = stderr_handlers.load(std::memory_order_relaxed); i > 0; --i) {
      write_record(record, level, where);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): as the header says.
  }
}

Logger& get_logger() noexcept {
  static Logger logger;
  return logger;
}

namespace {

// A static of `get_logger`, whose construction a fork must not interrupt.
const progeny::detail::MadeEarly early([] { return &get_logger(); });

}  // namespace

Logger& log_to_stderr(std::optional<LogLevel> level) {
  stderr_handlers.fetch_add(1, std::memory_order_relaxed);
  if (level) {
    get_logger().set_level(*level);
  }
  return get_logger();
}

namespace detail {

LogSettings log_settings() noexcept {
  return {.level = static_cast<int>(get_logger().effective_level()),
          .handlers = stderr_handlers.load(std::memory_order_relaxed)};
}

void apply(const LogSettings& settings) noexcept {
  own_level.store(settings.level, std::memory_order_relaxed);
  stderr_handlers.store(settings.handlers, std::memory_order_relaxed);
}

}  // namespace detail
}  // namespace progeny::multiprocessing
