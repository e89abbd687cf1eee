#include <progeny/subprocess/errors.hpp>

#include "platform/system/signals.hpp"
#include "subprocess/errors_travel.hpp"

#include <fmt/format.h>

#include <ostream>
#include <utility>

namespace progeny::subprocess {

namespace {

// Here, as a program that uses these exceptions has this file linked into it.
[[maybe_unused]] const bool errors_travel = detail::let_errors_travel();

std::string called_process_message(std::int64_t returncode, const Args& cmd) {
  if (returncode >= 0) {
    return fmt::format("Command '{}' returned non-zero exit status {}.", cmd.str(), returncode);
  }
  // Negated as an unsigned number: the least of the signed ones has no counterpart.
  const std::uint64_t signal = 0 - static_cast<std::uint64_t>(returncode);
  const std::string name =
      std::in_range<int>(signal) ? platform::signal_name(static_cast<int>(signal)) : std::string();
  if (name.empty()) {
    return fmt::format("Command '{}' died with unknown signal {}.", cmd.str(), signal);
  }
  return fmt::format("Command '{}' died with <Signals.{}: {}>.", cmd.str(), name, signal);
}

}  // namespace

CalledProcessError::CalledProcessError(std::int64_t returncode,
                                       Args cmd,
                                       std::optional<std::string> output,
                                       std::optional<std::string> std_err)
    : SubprocessError(called_process_message(returncode, cmd)),
      returncode_(returncode),
      cmd_(std::move(cmd)),
      output_(std::move(output)),
      std_err_(std::move(std_err)) {}

std::string CalledProcessError::repr() const {
  return fmt::format("CalledProcessError({}, {})", returncode_, cmd_.repr());
}

TimeoutExpired::TimeoutExpired(Args cmd,
                               std::chrono::nanoseconds timeout,
                               std::optional<std::string> output,
                               std::optional<std::string> std_err)
    : SubprocessError(
          fmt::format("Command '{}' timed out after {} seconds", cmd.str(), seconds_text(timeout))),
      cmd_(std::move(cmd)),
      timeout_(timeout),
      output_(std::move(output)),
      std_err_(std::move(std_err)) {}

TimeoutExpired::TimeoutExpired(const TimeoutExpired& error, const std::string& sentence)
    : SubprocessError(fmt::format("{}; {}", error.what(), sentence)),
      cmd_(error.cmd_),
      timeout_(error.timeout_),
      output_(error.output_),
      std_err_(error.std_err_) {}

std::string TimeoutExpired::repr() const {
  return fmt::format("TimeoutExpired({}, {})", cmd_.repr(), seconds_text(timeout_));
}

CancelledError::CancelledError(Args cmd)
    : SubprocessError(fmt::format("Waiting for command '{}' was cancelled", cmd.str())),
      cmd_(std::move(cmd)) {}

std::ostream& operator<<(std::ostream& out, const CalledProcessError& error) {
  return out << error.repr();
}

std::ostream& operator<<(std::ostream& out, const TimeoutExpired& error) {
  return out << error.repr();
}

}  // namespace progeny::subprocess
