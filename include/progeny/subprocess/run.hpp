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

/// Runs a program and waits for its end. The child is always reaped before this function returns
/// or throws. Before an exception leaves it, the child is killed.
///
/// - Python: `subprocess.run`.
/// - Returns: the return code and the captured output.
/// - Throws: as `Popen` and `Popen::communicate`; `TimeoutExpired` and `CancelledError` after the
///   child has been killed and reaped; `CalledProcessError` with `check`.
/// - Blocks: until the child has ended and every process that holds its captured pipes has closed
///   them. After a time-out or a cancellation only until the child itself is reaped.
/// - Threads: safe.
/// - Example: examples/subprocess/run.cpp
PROGENY_EXPORT CompletedProcess run(const Args& args, const Options& options = {});

/// Runs a program without capturing its output.
///
/// - Python: `subprocess.call`.
/// - Returns: the return code.
/// - Throws: as `run`; `ValueError` for the options `check`, `input` and `capture_output`.
/// - Blocks: until the child has ended.
/// - Threads: safe.
PROGENY_EXPORT std::int64_t call(const Args& args, const Options& options = {});

/// As `call`, but a return code other than 0 is an error.
///
/// - Python: `subprocess.check_call`.
/// - Returns: 0.
/// - Throws: as `call`; `CalledProcessError` for a return code other than 0.
/// - Blocks: until the child has ended.
/// - Threads: safe.
PROGENY_EXPORT std::int64_t check_call(const Args& args, const Options& options = {});

/// Runs a program and returns its stdout.
///
/// - Python: `subprocess.check_output`.
/// - Returns: all of stdout.
/// - Throws: as `run`; `CalledProcessError`, which carries the output, for a return code other than
///   0; `ValueError` for the options `std_out`, `capture_output` and `check`.
/// - Blocks: as `run`.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::string check_output(const Args& args,
                                                      const Options& options = {});

/// How `getoutput` and `getstatusoutput` decode.
struct GetOutputOptions {
  /// As `Options::encoding`. Default: UTF-8.
  std::optional<std::string> encoding = {};
  /// As `Options::errors`.
  std::optional<std::string> errors = {};
};

/// Runs a command in the shell and returns its stdout and stderr as one text.
///
/// - Python: `subprocess.getoutput`.
/// - Returns: the text without its last line end, whatever the return code.
/// - Throws: `OSError`; `UnicodeDecodeError`; `LookupError` for an unknown encoding.
/// - Blocks: as `run`.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::string getoutput(const std::string& cmd,
                                                   const GetOutputOptions& options = {});

/// As `getoutput`, with the return code.
///
/// - Python: `subprocess.getstatusoutput`.
/// - Returns: the return code, and the text as from `getoutput`.
/// - Throws: as `getoutput`.
/// - Blocks: as `run`.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::pair<std::int64_t, std::string> getstatusoutput(
    const std::string& cmd, const GetOutputOptions& options = {});

}  // namespace progeny::subprocess
