#include <progeny/subprocess/errors.hpp>

#include "platform/system/signals.hpp"
#include "serial/exception_registry.hpp"
#include "serial/record.hpp"

#include <progeny/base/timeout.hpp>
#include <progeny/subprocess/args.hpp>

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::subprocess {

namespace {

std::string called_process_message(std::int64_t returncode, const Args& cmd) {
  if (returncode >= 0) {
    return fmt::format("Command '{}' returned non-zero exit status {}.", cmd.str(), returncode);
  }
  // Negated as an unsigned number: the smallest signed number has no positive counterpart.
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

namespace {

using serial::detail::RecordReader;
using serial::detail::RecordWriter;

enum class Form : std::uint8_t { list, string, path };

void write_args(RecordWriter& out, const Args& args) {
  const Form form = args.is_string() ? Form::string : args.is_path() ? Form::path : Form::list;
  out.number(static_cast<std::uint64_t>(form));
  out.number(args.items().size());
  for (const std::string& item : args.items()) {
    out.text(item);
  }
}

Args read_args(RecordReader& in) {
  const auto form = static_cast<Form>(in.number_up_to(static_cast<std::uint64_t>(Form::path)));
  std::vector<std::string> items;
  for (std::uint64_t left = in.number(); left > 0; --left) {
    items.emplace_back(in.text());
  }
  if (form == Form::list || items.empty()) {
    return items;
  }
  return form == Form::string ? Args(items.front()) : Args(std::filesystem::path(items.front()));
}

std::string called_process_error_data(const CalledProcessError& error) {
  RecordWriter out;
  out.number(static_cast<std::uint64_t>(error.returncode()));
  write_args(out, error.cmd());
  out.optional_text(error.output());
  out.optional_text(error.std_err());
  return std::move(out).bytes();
}

CalledProcessError called_process_error_of(std::string_view data) {
  RecordReader in(data);
  const auto returncode = static_cast<std::int64_t>(in.number());
  Args cmd = read_args(in);
  auto output = in.optional_text();
  auto std_err = in.optional_text();
  in.expect_end();
  return {returncode, std::move(cmd), std::move(output), std::move(std_err)};
}

std::string timeout_expired_data(const TimeoutExpired& error) {
  RecordWriter out;
  out.number(static_cast<std::uint64_t>(error.timeout().count()));
  write_args(out, error.cmd());
  out.optional_text(error.output());
  out.optional_text(error.std_err());
  return std::move(out).bytes();
}

TimeoutExpired timeout_expired_of(std::string_view data) {
  RecordReader in(data);
  const std::chrono::nanoseconds timeout(static_cast<std::int64_t>(in.number()));
  Args cmd = read_args(in);
  auto output = in.optional_text();
  auto std_err = in.optional_text();
  in.expect_end();
  return {std::move(cmd), timeout, std::move(output), std::move(std_err)};
}

std::string cancelled_error_data(const CancelledError& error) {
  RecordWriter out;
  write_args(out, error.cmd());
  return std::move(out).bytes();
}

CancelledError cancelled_error_of(std::string_view data) {
  RecordReader in(data);
  Args cmd = read_args(in);
  in.expect_end();
  return CancelledError(std::move(cmd));
}

// Lets these exceptions arrive in another process as themselves. `serial` is a floor below and
// cannot name them. The registration is in this file because every program that throws one of them
// links this file.
bool register_errors() {
  using serial::detail::register_later;
  return register_later<SubprocessError>("progeny::subprocess::SubprocessError") &&
         register_later<CalledProcessError>("progeny::subprocess::CalledProcessError",
                                            &called_process_error_data,
                                            &called_process_error_of) &&
         register_later<TimeoutExpired>(
             "progeny::subprocess::TimeoutExpired", &timeout_expired_data, &timeout_expired_of) &&
         register_later<CancelledError>(
             "progeny::subprocess::CancelledError", &cancelled_error_data, &cancelled_error_of);
}

[[maybe_unused]] const bool are_registered = register_errors();

}  // namespace

}  // namespace progeny::subprocess
