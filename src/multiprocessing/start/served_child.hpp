#pragma once

// A child of the forkserver, as the client sees it that asked for it.

#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/start/forkserver.hpp"

#include <progeny/base/handle.hpp>

#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

/// The server reaps the child and sends how it ended. If the server has ended first, nobody knows
/// that: the exit code is 255 once the child has ended, as in Python.
class ServedChild : public Popen {
 public:
  /// `answers` becomes readable when the child has ended. `process` is the child's own handle, and
  /// may be none.
  ServedChild(ServerChild child, Handle answers, Handle process) noexcept
      : child_(std::move(child)), answers_(std::move(answers)), process_(std::move(process)) {}

  [[nodiscard]] int pid() const noexcept override { return child_.pid; }
  [[nodiscard]] std::optional<platform::ExitStatus> poll() override;
  [[nodiscard]] bool wait(const progeny::detail::Deadline& deadline) override;
  /// By the child's own handle, else by the server. `no_child_process` if neither is left.
  std::error_code send_signal(int signal) override;
  [[nodiscard]] native_handle sentinel() override { return answers_.get(); }

 private:
  const ServerChild child_;
  const Handle answers_;  // Never read from: the status in it keeps it readable.
  const Handle process_;
  std::mutex mutex_;  // Guards what follows.
  std::optional<platform::ExitStatus> status_;
};

}  // namespace progeny::multiprocessing::detail
