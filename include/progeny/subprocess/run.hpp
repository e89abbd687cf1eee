#pragma once

// Runs a program to its end: Python's `subprocess.run` and its older kin. For a child that you
// talk to while it runs, see <progeny/subprocess/popen.hpp>.

#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/completed_process.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace progeny::subprocess {

/// Runs a program and waits for its end. The child is reaped however this function is left, and
/// killed first if it is left by an exception.
///
/// - Python: `subprocess.run`.
/// - Returns: return code and captured output.
/// - Throws: as `Popen` and `Popen::communicate`; `TimeoutExpired` and `CancelledError` when the
///   child has been killed and reaped; with `check` `CalledProcessError`.
/// - Blocks: until the child has ended and its captured pipes are closed by every holder; after a
///   time-out or cancellation only until the child itself is reaped.
/// - Threads: safe.
/// - Example: examples/subprocess/run.cpp
PROGENY_EXPORT CompletedProcess run(const Args& args, const Options& options = {});

/// Runs a program whose output is not wanted. Python: `subprocess.call`.
/// - Returns: the return code.
/// - Throws: as `run`. `check`, `input` and `capture_output` are a `ValueError`.
PROGENY_EXPORT std::int64_t call(const Args& args, const Options& options = {});

/// As `call`, and throws `CalledProcessError` for a return code that is not 0.
/// - Python: `subprocess.check_call`.
/// - Returns: 0.
PROGENY_EXPORT std::int64_t check_call(const Args& args, const Options& options = {});

/// Runs a program and returns its stdout; a return code that is not 0 throws
/// `CalledProcessError`, which carries the output.
///
/// - Python: `subprocess.check_output`.
/// - Throws: as `run`; `ValueError` for the options `std_out`, `capture_output` and `check`.
[[nodiscard]] PROGENY_EXPORT std::string check_output(const Args& args,
                                                      const Options& options = {});

/// How `getoutput` decodes.
struct GetOutputOptions {
  /// As `Options::encoding`. Default: UTF-8.
  std::optional<std::string> encoding = {};
  /// As `Options::errors`.
  std::optional<std::string> errors = {};
};

/// Runs a command in the shell and returns its stdout and stderr in one text, without the last
/// line end. Python: `subprocess.getoutput`.
[[nodiscard]] PROGENY_EXPORT std::string getoutput(const std::string& cmd,
                                                   const GetOutputOptions& options = {});

/// As `getoutput`, with the return code before it. Python: `subprocess.getstatusoutput`.
[[nodiscard]] PROGENY_EXPORT std::pair<std::int64_t, std::string> getstatusoutput(
    const std::string& cmd, const GetOutputOptions& options = {});

}  // namespace progeny::subprocess
