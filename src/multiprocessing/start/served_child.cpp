#include "multiprocessing/start/served_child.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"
#include "platform/io/readable.hpp"
#include "platform/process/child.hpp"

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

// A socket at its end means that the server has ended, and that the child has ended or run another
// program. Only the child's own handle tells the two apart.
std::optional<platform::ExitStatus> ServedChild::poll() {
  const std::lock_guard lock(mutex_);
  const progeny::detail::Deadline now(std::chrono::seconds(0));
  if (!status_ && platform::is_readable(answers_.get(), now)) {
    status_ = peek_status(answers_.get());
    if (!status_ && (!process_ || platform::is_readable(process_.get(), now))) {
      status_ = platform::ExitStatus{.returncode = code_of_lost_server};
    }
  }
  return status_;
}

bool ServedChild::wait(const progeny::detail::Deadline& deadline) {
  if (!platform::is_readable(answers_.get(), deadline)) {
    return false;
  }
  if (poll()) {
    return true;
  }
  return platform::is_readable(process_.get(), deadline) && poll().has_value();
}

std::error_code ServedChild::send_signal(int signal) {
  if (poll()) {
    return {};
  }
  const auto error = platform::signal_process(process_.get(), signal);
  return error ? signal_by_server(child_, signal) : error;
}

}  // namespace progeny::multiprocessing::detail
