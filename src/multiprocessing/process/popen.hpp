#pragma once

// A started process, in each of the ways to start one. The files popen_*.cpp are the ways.

#include "base/deadline.hpp"
#include "platform/process/child.hpp"

#include <progeny/detail/config.hpp>

#include <memory>
#include <optional>
#include <system_error>

namespace progeny::multiprocessing {

class Process;

namespace detail {

class ProcessCore;

/// All methods are safe from several threads.
class Popen {
 public:
  Popen() = default;
  Popen(const Popen&) = delete;
  Popen& operator=(const Popen&) = delete;
  virtual ~Popen() = default;

  [[nodiscard]] virtual int pid() const noexcept = 0;
  /// How it ended; nothing while it runs.
  [[nodiscard]] virtual std::optional<platform::ExitStatus> poll() = 0;
  /// Waits until it has ended. Returns whether it has.
  [[nodiscard]] virtual bool wait(const progeny::detail::Deadline& deadline) = 0;
  /// Sends a signal, unless it has ended.
  virtual std::error_code send_signal(int signal) = 0;
  /// Becomes readable when it has ended; valid as long as this object.
  [[nodiscard]] virtual native_handle sentinel() = 0;
};

/// A child of this process itself.
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

/// Starts `process` as a copy of this one.
[[nodiscard]] std::shared_ptr<Popen> popen_fork(Process& process,
                                                const std::shared_ptr<ProcessCore>& core);
/// Starts `process` as this program anew.
[[nodiscard]] std::shared_ptr<Popen> popen_spawn(Process& process,
                                                 const std::shared_ptr<ProcessCore>& core);
/// Starts `process` as a copy of the forkserver.
[[nodiscard]] std::shared_ptr<Popen> popen_forkserver(Process& process,
                                                      const std::shared_ptr<ProcessCore>& core);

}  // namespace detail
}  // namespace progeny::multiprocessing
