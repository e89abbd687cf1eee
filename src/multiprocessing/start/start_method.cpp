#include "multiprocessing/start/start_method.hpp"

#include "platform/process/fork.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <fmt/core.h>

#include <atomic>
#include <optional>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

constexpr int none = -1;

// The fixed method, or `none`. An atomic without a lock: a forked child goes on with the copy. No
// other memory depends on it, so the order of its loads and stores does not matter.
std::atomic<int> fixed{none};

int number_of(std::optional<StartMethod> method) noexcept {
  return method ? static_cast<int>(*method) : none;
}

}  // namespace

const char* name_of(StartMethod method) noexcept {
  switch (method) {
    case StartMethod::fork:
      return "fork";
    case StartMethod::spawn:
      return "spawn";
    case StartMethod::forkserver:
      break;
  }
  return "forkserver";
}

StartMethod method_of(std::string_view name) {
  for (const auto method : all_start_methods()) {
    if (name == name_of(method)) {
      return method;
    }
  }
  throw ValueError(fmt::format("cannot find context for '{}'", name));
}

std::vector<StartMethod> all_start_methods() {
  if (!platform::can_fork()) {
    return {StartMethod::spawn};
  }
  return {StartMethod::fork, StartMethod::spawn, StartMethod::forkserver};
}

std::optional<StartMethod> fixed_start_method() noexcept {
  const int number = fixed.load();
  return number == none ? std::nullopt : std::optional(static_cast<StartMethod>(number));
}

StartMethod default_start_method() {
  if (const auto method = fixed_start_method()) {
    return *method;
  }
  const StartMethod first = all_start_methods().front();
  return fix_start_method(first) ? first : fixed_start_method().value_or(first);
}

bool fix_start_method(StartMethod method) noexcept {
  int expected = none;
  return fixed.compare_exchange_strong(expected, number_of(method));
}

void force_start_method(std::optional<StartMethod> method) noexcept {
  fixed.store(number_of(method));
}

}  // namespace progeny::multiprocessing::detail
