#include "multiprocessing/start/served_child.hpp"

#include "platform/io/readable.hpp"
#include "platform/ipc/message_socket.hpp"

#include <progeny/base/errors.hpp>

#include <array>
#include <chrono>
#include <cstring>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::int64_t code_of_lost_server = 255;

// Asked for once the socket is readable: with the status, or because the server has gone.
platform::ExitStatus read_status(native_handle answers) {
  platform::ExitStatus status;
  try {
    const auto message = platform::peek_message(answers, sizeof status);
    if (message && message->size() == sizeof status) {
      std::memcpy(&status, message->data(), sizeof status);
      return status;
    }
  } catch (const OSError&) {  // NOLINT(bugprone-empty-catch): as if nothing had come.
  }
  return {.returncode = code_of_lost_server};
}

}  // namespace

std::optional<platform::ExitStatus> ServedChild::poll() {
  const std::lock_guard lock(mutex_);
  const progeny::detail::Deadline now(std::chrono::seconds(0));
  if (!status_ && platform::wait_readable(std::array{answers_.get()}, now)) {
    status_ = read_status(answers_.get());
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
