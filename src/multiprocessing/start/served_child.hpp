#pragma once

// A child of the forkserver, from the side of who asked for it.

#include "multiprocessing/process/popen.hpp"

#include <mutex>

namespace progeny::multiprocessing::detail {

/// The server tells how it ended; if the server has gone, nobody does, and the exit code is 255.
class ServedChild : public Popen {
 public:
  /// `answers` brings the status; `process` stands for the process, and may be none.
  ServedChild(int pid, Handle answers, Handle process) noexcept
      : pid_(pid), answers_(std::move(answers)), process_(std::move(process)) {}

  [[nodiscard]] int pid() const noexcept override { return pid_; }
  [[nodiscard]] std::optional<platform::ExitStatus> poll() override;
  [[nodiscard]] bool wait(const progeny::detail::Deadline& deadline) override;
  std::error_code send_signal(int signal) override;
  [[nodiscard]] native_handle sentinel() override { return answers_.get(); }

 private:
  const int pid_;
  const Handle answers_;  // Only peeked at, so that it stays readable.
  const Handle process_;
  std::mutex mutex_;  // Guards what follows.
  std::optional<platform::ExitStatus> status_;
};

}  // namespace progeny::multiprocessing::detail
