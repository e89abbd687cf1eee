#pragma once

// Where the library's warnings go. <progeny/spdlog.hpp> connects them to spdlog.

#include <progeny/export.hpp>

#include <optional>
#include <string_view>

namespace progeny {

/// A log of the program that uses the library. Levels are the numbers of Python's `logging`: 10
/// debug, 20 info, 30 warning, 40 error, 50 critical.
struct HostLog {
  /// Writes a record and returns true. False if the log does not take it: then it goes to stderr.
  bool (*write)(int level, std::string_view text) = nullptr;
  /// The lowest level that the log takes, or nothing if it has no say in that.
  std::optional<int> (*level)() = nullptr;
};

/// Has the library's warnings go to `log` from now on, or to stderr if it is null. Returns where
/// they went before. `*log` must live, and its functions must stay loaded, until another log is
/// set.
///
/// The level of the log is also that of `multiprocessing::get_logger()` while that has none of its
/// own.
/// - Threads: safe. A call of the log that was replaced may still be running in another thread.
PROGENY_EXPORT const HostLog* set_host_log(const HostLog* log) noexcept;

}  // namespace progeny
