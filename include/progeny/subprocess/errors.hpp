#pragma once

// What `subprocess` throws besides `OSError`: errors after the program was started.

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace progeny::subprocess {

/// Base of what this module throws. Errors of the operating system are `OSError`, not this.
/// - Python: `subprocess.SubprocessError`.
class PROGENY_EXPORT SubprocessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The return code was not 0 and the caller had asked for a check.
///
/// `what()`: ``Command '['false']' returned non-zero exit status 1.``, or which signal ended it.
/// - Python: `subprocess.CalledProcessError`.
class PROGENY_EXPORT CalledProcessError : public SubprocessError {
 public:
  /// A command, its return code, and its captured output (text or bytes).
  CalledProcessError(std::int64_t returncode,
                     Args cmd,
                     std::optional<std::string> output = {},
                     std::optional<std::string> std_err = {});

  /// The exit status, or -N if signal N ended the child.
  [[nodiscard]] std::int64_t returncode() const noexcept { return returncode_; }
  /// The command, as it was given.
  [[nodiscard]] const Args& cmd() const noexcept { return cmd_; }
  /// What was captured of stdout, or nothing if it was not captured.
  [[nodiscard]] const std::optional<std::string>& output() const noexcept { return output_; }
  /// The same as `output()`.
  [[nodiscard]] const std::optional<std::string>& std_out() const noexcept { return output_; }
  /// What was captured of stderr, or nothing.
  [[nodiscard]] const std::optional<std::string>& std_err() const noexcept { return std_err_; }
  /// What Python's repr says: `CalledProcessError(1, ['false'])`.
  [[nodiscard]] std::string repr() const;

 private:
  std::int64_t returncode_;
  Args cmd_;
  std::optional<std::string> output_;
  std::optional<std::string> std_err_;
};

/// The timeout passed before the child had ended. The child keeps running, unless the call says
/// that it kills the child.
///
/// `what()`: ``Command '['sleep', '60']' timed out after 10 seconds``.
/// - Python: `subprocess.TimeoutExpired`. Differs: in text mode `output()` is decoded text.
class PROGENY_EXPORT TimeoutExpired : public SubprocessError {
 public:
  /// A command, the caller's limit, and the output until then.
  TimeoutExpired(Args cmd,
                 std::chrono::nanoseconds timeout,
                 std::optional<std::string> output = {},
                 std::optional<std::string> std_err = {});
  /// The same error, with one more sentence in `what()`.
  TimeoutExpired(const TimeoutExpired& error, const std::string& sentence);

  /// The command, as it was given.
  [[nodiscard]] const Args& cmd() const noexcept { return cmd_; }
  /// The limit that the caller set.
  [[nodiscard]] std::chrono::nanoseconds timeout() const noexcept { return timeout_; }
  /// The output so far, or `nullopt` if there was none or it was not captured.
  [[nodiscard]] const std::optional<std::string>& output() const noexcept { return output_; }
  /// The same as `output()`.
  [[nodiscard]] const std::optional<std::string>& std_out() const noexcept { return output_; }
  /// The same for stderr.
  [[nodiscard]] const std::optional<std::string>& std_err() const noexcept { return std_err_; }
  /// What Python's repr says: `TimeoutExpired(['sleep', '60'], 10)`.
  [[nodiscard]] std::string repr() const;

 private:
  Args cmd_;
  std::chrono::nanoseconds timeout_;
  std::optional<std::string> output_;
  std::optional<std::string> std_err_;
};

/// A `std::stop_token` ended the wait before the child had ended. After a method of `Popen` the
/// child keeps running. `run`, `call`, `check_call` and `check_output` have killed and reaped it.
/// - Python: has none. The nearest is `KeyboardInterrupt` in a waiting call.
class PROGENY_EXPORT CancelledError : public SubprocessError {
 public:
  /// The wait for `cmd` was cancelled.
  explicit CancelledError(Args cmd);
  /// The command, as it was given.
  [[nodiscard]] const Args& cmd() const noexcept { return cmd_; }

 private:
  Args cmd_;
};

/// Prints `error.repr()`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const CalledProcessError& error);
/// Prints `error.repr()`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const TimeoutExpired& error);

}  // namespace progeny::subprocess
