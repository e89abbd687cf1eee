#pragma once

// The log of multiprocessing: Python's `get_logger` and `log_to_stderr`.

#include <progeny/export.hpp>

#include <optional>
#include <source_location>
#include <string_view>

namespace progeny::multiprocessing {

/// Severity of a record: Python's names and numbers, in lower case, as <windows.h> makes macros of
/// some. Any number between them is a level too.
// NOLINTNEXTLINE(performance-enum-size): a number of the user's own may be any.
enum class LogLevel : int {
  notset = 0,       ///< The level of the host's log counts (<progeny/spdlog.hpp>), or else warning.
  subdebug = 5,     ///< Each step of the machinery.
  debug = 10,       ///< Details, for finding a fault.
  info = 20,        ///< Processes that start and end.
  subwarning = 25,  ///< Odd, but harmless.
  warning = 30,     ///< Something may be lost.
  error = 40,       ///< Something failed.
  critical = 50,    ///< The process cannot go on.
};

/// The logger of this process. There is one; it says nothing until `log_to_stderr()`.
///
/// Records are `[LEVEL/ProcessName] text`. Children have the level and the switch to stderr that
/// are in force when they start.
///
/// - Python: the object that `get_logger()` returns. Differs: the records go to stderr alone.
/// - Threads: safe.
class PROGENY_EXPORT Logger {
 public:
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  ~Logger() = default;

  /// `multiprocessing`.
  [[nodiscard]] std::string_view name() const noexcept;
  /// The level that was set; `notset` at first.
  [[nodiscard]] LogLevel level() const noexcept;
  /// Records below `level` are dropped.
  void set_level(LogLevel level) noexcept;
  /// `level()`, or what counts instead of `notset`.
  [[nodiscard]] LogLevel effective_level() const noexcept;
  /// Whether a record of this level would be written.
  [[nodiscard]] bool is_enabled_for(LogLevel level) const noexcept;

  /// Writes a record. Never throws: the log must not change what a program does.
  void log(LogLevel level,
           std::string_view text,
           std::source_location where = std::source_location::current()) const noexcept;
  /// Writes a record of the level of the same name.
  void debug(std::string_view text,
             std::source_location where = std::source_location::current()) const noexcept {
    log(LogLevel::debug, text, where);
  }
  /// Writes a record of the level of the same name.
  void info(std::string_view text,
            std::source_location where = std::source_location::current()) const noexcept {
    log(LogLevel::info, text, where);
  }
  /// Writes a record of the level of the same name.
  void warning(std::string_view text,
               std::source_location where = std::source_location::current()) const noexcept {
    log(LogLevel::warning, text, where);
  }
  /// Writes a record of the level of the same name.
  void error(std::string_view text,
             std::source_location where = std::source_location::current()) const noexcept {
    log(LogLevel::error, text, where);
  }

 private:
  friend PROGENY_EXPORT Logger& get_logger() noexcept;
  constexpr Logger() noexcept = default;
};

/// The logger of this process.
[[nodiscard]] PROGENY_EXPORT Logger& get_logger() noexcept;

/// Writes the records to stderr from now on, and sets the level if one is given. After N calls each
/// record is written N times.
///
/// - Returns: the logger.
/// - Python: `multiprocessing.log_to_stderr`.
PROGENY_EXPORT Logger& log_to_stderr(std::optional<LogLevel> level = {});

}  // namespace progeny::multiprocessing
