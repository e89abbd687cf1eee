#include "multiprocessing/process/logging.hpp"

#include "base/log.hpp"

#include <progeny/multiprocessing/logging.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <fmt/core.h>

#include <atomic>
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
  const auto host = progeny::detail::host_log_level();
  return host ? static_cast<LogLevel>(*host) : LogLevel::warning;
}

bool Logger::is_enabled_for(LogLevel level) const noexcept {
  return stderr_handlers.load(std::memory_order_relaxed) > 0 && level >= effective_level();
}

void Logger::log(LogLevel level,
                 std::string_view text,
                 std::source_location /*where*/) const noexcept {
  if (!is_enabled_for(level)) {
    return;
  }
  try {
    const auto record = fmt::format("[{}/{}] {}", name_of(level), current_process().name(), text);
    for (int i = stderr_handlers.load(std::memory_order_relaxed); i > 0; --i) {
      progeny::detail::write_to_stderr(record);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): as the header says.
  }
}

Logger& get_logger() noexcept {
  static constinit Logger logger;
  return logger;
}

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
