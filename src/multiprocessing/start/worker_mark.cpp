#include "multiprocessing/start/worker_mark.hpp"

#include "platform/io/descriptor.hpp"
#include "platform/process/process_end.hpp"
#include "platform/program/program.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/detail/config.hpp>

#include <fmt/core.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::string_view mark = "--multiprocessing-worker=";
constexpr const char* advice =
    "this process was started to run a progeny::multiprocessing::Process, but its main() has not "
    "called freeze_support() first; call it there, or link the CMake target "
    "progeny::main";

// Set and read by the main thread, or by a thread that the main thread has started since.
std::atomic<bool> has_entered{false};

// Whether this process was started as a worker and `freeze_support` has not been called.
bool is_lost() {
  return !has_entered.load(std::memory_order_relaxed) && worker_data().has_value();
}

// The worker has run the user's program instead of its task. It must not look as if it had
// succeeded.
void check_at_exit() noexcept {
  if (is_lost()) {
    std::fprintf(stderr, "progeny: %s\n", advice);
    platform::flush_streams();
    platform::leave(1);
  }
}

// Registered while the program is loaded, for a `main` that never calls the library.
const bool watches_exit = [] { return is_lost() && std::atexit(check_at_exit) == 0; }();

}  // namespace

std::vector<std::string> worker_arguments(native_handle data) {
  auto arguments = platform::program_arguments();
  // This process may be a worker itself.
  if (!arguments.empty() && arguments.back().starts_with(mark)) {
    arguments.pop_back();
  }
  arguments.push_back(fmt::format("{}{}", mark, platform::number_of(data)));
  return arguments;
}

std::optional<native_handle> worker_data() {
  const auto& arguments = platform::program_arguments();
  if (arguments.empty() || !arguments.back().starts_with(mark) ||
      platform::program_is_privileged()) {
    return std::nullopt;
  }
  const auto text = std::string_view(arguments.back()).substr(mark.size());
  long long number = -1;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || number < 0) {
    return std::nullopt;
  }
  return platform::handle_of_number(number);
}

void require_no_lost_worker() {
  if (is_lost()) {
    throw RuntimeError(advice);
  }
}

void require_way_in() {
  if (!has_entered.load(std::memory_order_relaxed)) {
    throw RuntimeError(
        "this program has no way in for a child that is not a forked copy: call "
        "progeny::multiprocessing::freeze_support() first in main(), or link the CMake target "
        "progeny::main, or name another program by set_executable()");
  }
}

void program_has_entered() noexcept {
  has_entered.store(true, std::memory_order_relaxed);
}

}  // namespace progeny::multiprocessing::detail
