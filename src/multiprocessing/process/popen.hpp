#pragma once

// A process that is running or has ended, however it was started.
//
//     Popen
//       OwnChild      a child of this process: `fork`, `spawn`, and the forkserver itself
//       ServedChild   a child of the forkserver (start/served_child.hpp)
//       ParentWatch   the parent of this process (start/parent_watch.hpp)

#include "base/deadline.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <optional>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

/// All methods are safe from several threads.
class Popen {
 public:
  Popen() = default;
  Popen(const Popen&) = delete;
  Popen& operator=(const Popen&) = delete;
  virtual ~Popen() = default;

  [[nodiscard]] virtual int pid() const noexcept = 0;
  /// How the process ended. Nothing while it runs.
  [[nodiscard]] virtual std::optional<platform::ExitStatus> poll() = 0;
  /// Waits for the end of the process. Returns whether it came before the deadline.
  [[nodiscard]] virtual bool wait(const progeny::detail::Deadline& deadline) = 0;
  /// Sends a signal, unless the process has ended.
  virtual std::error_code send_signal(int signal) = 0;
  /// Becomes readable when the process has ended. Valid as long as this object.
  [[nodiscard]] virtual native_handle sentinel() = 0;
};

/// A child of this process, which reaps it.
class OwnChild : public Popen {
 public:
  OwnChild(int pid, Handle process) noexcept : child_(pid, std::move(process)) {}

  [[nodiscard]] int pid() const noexcept override { return child_.pid(); }
  [[nodiscard]] std::optional<platform::ExitStatus> poll() override { return child_.poll(); }
  [[nodiscard]] bool wait(const progeny::detail::Deadline& deadline) override {
    return child_.wait(deadline) == platform::WaitEnd::exited;
  }
  std::error_code send_signal(int signal) override { return child_.send_signal(signal); }
  [[nodiscard]] native_handle sentinel() override { return child_.exit_handle(); }

 private:
  platform::Child child_;
};

}  // namespace progeny::multiprocessing::detail
