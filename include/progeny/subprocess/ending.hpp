#pragma once

// How a program ended, and what it took from the system while it ran.

#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace progeny::subprocess {

/// What a program took, with the children of its own that it has waited for. Zeros if other code of
/// this process reaped it.
///
/// - Python: the last item of `os.wait4`'s result.
struct Usage {
  /// Time of a processor in the program.
  std::chrono::microseconds user = {};
  /// Time of a processor in the kernel.
  std::chrono::microseconds system = {};
  /// The most bytes of memory that it had at once (`ru_maxrss`, but in bytes).
  std::uint64_t most_memory = 0;
  /// Pages that it touched and that were in memory already. POSIX.
  std::uint64_t minor_faults = 0;
  /// Pages that had to be read. On Windows all faults.
  std::uint64_t major_faults = 0;
  /// How often it waited. POSIX.
  std::uint64_t voluntary_switches = 0;
  /// How often another program got its processor. POSIX.
  std::uint64_t involuntary_switches = 0;
};

/// How a program ended.
struct PROGENY_EXPORT Ending {
  /// The exit status, or -N if signal N ended it (POSIX). On Windows 0 to 4294967295.
  std::int64_t returncode = 0;
  /// Whether it left a core dump. POSIX.
  bool core_dumped = false;
  /// Whether other code of this process reaped it, so that nothing is known but that it has ended.
  bool is_lost = false;
  /// What it took.
  Usage usage = {};
  /// From its launch until its end was seen here.
  std::chrono::nanoseconds wall_time = {};

  /// The signal that ended it. POSIX.
  [[nodiscard]] std::optional<int> signal() const noexcept;
  /// The signal's name, `SIGKILL`, or nothing.
  [[nodiscard]] std::string signal_name() const;
};

}  // namespace progeny::subprocess
