// How the exceptions of `subprocess` get from one process to another as themselves.

#include "subprocess/errors_travel.hpp"

#include "serial/exception_registry.hpp"
#include "serial/record.hpp"

#include <progeny/subprocess/errors.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace progeny::subprocess::detail {

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

}  // namespace

bool let_errors_travel() {
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

}  // namespace progeny::subprocess::detail
