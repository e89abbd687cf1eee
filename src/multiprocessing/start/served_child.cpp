#include "multiprocessing/start/served_child.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"
#include "platform/io/readable.hpp"
#include "platform/process/child.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <system_error>

namespace progeny::multiprocessing::detail {

namespace {

// Python's code for a server that ended before the child, which nobody can reap then.
constexpr std::int64_t code_of_lost_server = 255;

}  // namespace

std::optional<platform::ExitStatus> ServedChild::poll() {
  const std::lock_guard lock(mutex_);
  const progeny::detail::Deadline now(std::chrono::seconds(0));
  if (!status_ && platform::wait_readable(std::array{answers_.get()}, now)) {
    const platform::ExitStatus lost{.returncode = code_of_lost_server};
    status_ = peek_status(answers_.get()).value_or(lost);
  }
  return status_;
}

bool ServedChild::wait(const progeny::detail::Deadline& deadline) {
  return platform::wait_readable(std::array{answers_.get()}, deadline).has_value() &&
         poll().has_value();
}

std::error_code ServedChild::send_signal(int signal) {
  if (poll()) {
    return {};
  }
  return platform::signal_process(process_.get(), signal);
}

}  // namespace progeny::multiprocessing::detail
