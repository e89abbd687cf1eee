#pragma once

// The settings of the log that a child takes over from its parent.

#include <progeny/multiprocessing/logging.hpp>

namespace progeny::multiprocessing::detail {

/// Travels to a child that is not a forked copy.
struct LogSettings {
  int level = 0;     ///< A `LogLevel`.
  int handlers = 0;  ///< How many calls of `log_to_stderr` there were.
};

/// Those of this process.
[[nodiscard]] LogSettings log_settings() noexcept;
/// Makes them those of this process.
void apply(const LogSettings& settings) noexcept;

}  // namespace progeny::multiprocessing::detail
