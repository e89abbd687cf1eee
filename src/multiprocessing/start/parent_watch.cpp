#include "multiprocessing/start/parent_watch.hpp"

#include "base/deadline.hpp"
#include "platform/io/readable.hpp"
#include "platform/process/child.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <system_error>

namespace progeny::multiprocessing::detail {

std::optional<platform::ExitStatus> ParentWatch::poll() {
  if (!wait(progeny::detail::Deadline(std::chrono::seconds(0)))) {
    return std::nullopt;
  }
  return platform::ExitStatus{.lost = true};
}

bool ParentWatch::wait(const progeny::detail::Deadline& deadline) {
  return platform::wait_readable(std::array{lifeline_}, deadline).has_value();
}

std::error_code ParentWatch::send_signal(int /*signal*/) {
  return std::make_error_code(std::errc::operation_not_permitted);
}

}  // namespace progeny::multiprocessing::detail
