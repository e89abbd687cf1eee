#pragma once

// The log of multiprocessing.

#include <progeny/export.hpp>

#include <optional>
#include <source_location>
#include <string_view>

namespace progeny::multiprocessing {

/// The severity of a record. A number between the named ones is a level, too.
///
/// - Python: `logging.DEBUG` and so on, with the same numbers. Differs: in lower case, because
///   <windows.h> has a macro `ERROR`.
// NOLINTNEXTLINE(performance-enum-size): a level of the user's own may be any int.
enum class LogLevel : int {
  notset = 0,       ///< That of the host's log (<progeny/spdlog.hpp>); without one, `warning`.
  subdebug = 5,     ///< Each internal step.
  debug = 10,       ///< Helps to find a fault.
  info = 20,        ///< Processes that start and end.
  subwarning = 25,  ///< Unusual, but harmless.
  warning = 30,     ///< Something may be lost.
  error = 40,       ///< Something failed.
  critical = 50,    ///< The process cannot go on.
};

/// The logger of this process. It writes nothing until `log_to_stderr` has been called.
///
/// A record is `[LEVEL/ProcessName] text`. A child starts with the level of its parent, and writes
/// to stderr if its parent does.
///
/// - Python: the `logging.Logger` that `multiprocessing.get_logger` returns. Differs: records go to
///   stderr alone.
/// - Threads: safe.
class PROGENY_EXPORT Logger {
 public:
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  ~Logger() = default;

  /// Its name: `multiprocessing`.
  [[nodiscard]] std::string_view name() const noexcept;
  /// The level that was set. At first: `notset`.
  [[nodiscard]] LogLevel level() const noexcept;
  /// Drops records below `level` from now on.
  void set_level(LogLevel level) noexcept;
  /// The level that counts: `level()`, or what `notset` stands for.
  [[nodiscard]] LogLevel effective_level() const noexcept;
  /// Whether a record of this level would be written.
  [[nodiscard]] bool is_enabled_for(LogLevel level) const noexcept;

  /// Writes a record. An error of the writing is ignored: the log must not change what a program
  /// does.
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
///
/// - Python: `multiprocessing.get_logger`.
[[nodiscard]] PROGENY_EXPORT Logger& get_logger() noexcept;

/// Writes records to stderr from now on, and sets the level if one is given. After several calls
/// each record is written as many times.
///
/// - Returns: the logger.
/// - Python: `multiprocessing.log_to_stderr`.
/// - Returns: the logger.
/// - Threads: safe.
PROGENY_EXPORT Logger& log_to_stderr(std::optional<LogLevel> level = {});

}  // namespace progeny::multiprocessing
