#include "serial/exception_registry.hpp"
#include "serial/record.hpp"

#include <progeny/multiprocessing/pool/errors.hpp>

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace {

std::string text_of(const WorkerLost::Attempt& attempt) {
  const std::string end = !attempt.exitcode ? "ended in an unknown way"
                          : *attempt.exitcode < 0
                              ? fmt::format("was killed by signal {}", -*attempt.exitcode)
                              : fmt::format("exited with code {}", *attempt.exitcode);
  return fmt::format("worker {} {} at item {}", attempt.pid, end, attempt.index);
}

std::string text_of(std::string_view task, const std::vector<WorkerLost::Attempt>& attempts) {
  std::string text = task.empty() ? "a task was lost: " : fmt::format("task {} was lost: ", task);
  for (std::size_t number = 0; number < attempts.size(); ++number) {
    text += (number == 0 ? "" : "; then ") + text_of(attempts[number]);
  }
  return text;
}

}  // namespace

WorkerLost::WorkerLost(std::string_view task, std::vector<Attempt> attempts)
    : ProcessError(text_of(task, attempts)), task_(task), attempts_(std::move(attempts)) {}

int WorkerLost::signal() const noexcept {
  const auto code = exitcode();
  return code && *code < 0 ? static_cast<int>(-*code) : 0;
}

MaybeEncodingError::MaybeEncodingError(std::string_view error, std::string_view type)
    : ProcessError(fmt::format("error sending a result of type {}: {}", type, error)) {}

namespace {

using serial::detail::RecordReader;
using serial::detail::RecordWriter;

std::string worker_lost_data(const WorkerLost& error) {
  RecordWriter out;
  out.text(error.task());
  for (const auto& attempt : error.attempts()) {
    out.number(static_cast<std::uint64_t>(attempt.pid));
    out.flag(attempt.exitcode.has_value());
    out.number(static_cast<std::uint64_t>(attempt.exitcode.value_or(0)));
    out.number(attempt.index);
    out.flag(&attempt != &error.attempts().back());  // Whether another follows.
  }
  return std::move(out).bytes();
}

WorkerLost worker_lost_of(std::string_view data) {
  RecordReader in(data);
  const std::string task(in.text());
  std::vector<WorkerLost::Attempt> attempts;
  do {
    WorkerLost::Attempt attempt{
        .pid = static_cast<int>(in.number_up_to(std::numeric_limits<int>::max()))};
    const bool is_known = in.number_up_to(1) != 0;
    const auto code = static_cast<std::int64_t>(in.number());
    attempt.exitcode = is_known ? std::optional(code) : std::nullopt;
    attempt.index = in.number();
    attempts.push_back(attempt);
  } while (in.number_up_to(1) != 0);
  in.expect_end();
  return {task, std::move(attempts)};
}

// As in errors.cpp: so that they arrive in another process as themselves.
bool register_errors() {
  using serial::detail::register_later;
  return register_later<WorkerLost>(
             "progeny::multiprocessing::WorkerLost", &worker_lost_data, &worker_lost_of) &&
         register_later<PoolTerminated>("progeny::multiprocessing::PoolTerminated") &&
         register_later<MaybeEncodingError>("progeny::multiprocessing::MaybeEncodingError");
}
[[maybe_unused]] const bool are_registered = register_errors();

}  // namespace
}  // namespace progeny::multiprocessing
