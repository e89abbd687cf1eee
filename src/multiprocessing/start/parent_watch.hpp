#pragma once

// A child's view of the process that created it.

#include "multiprocessing/process/popen.hpp"

namespace progeny::multiprocessing::detail {

/// Knows only whether the parent is there.
class ParentWatch : public Popen {
 public:
  /// `lifeline` becomes readable when the parent has ended. Stays the caller's.
  ParentWatch(int pid, native_handle lifeline) noexcept : pid_(pid), lifeline_(lifeline) {}

  [[nodiscard]] int pid() const noexcept override { return pid_; }
  [[nodiscard]] std::optional<platform::ExitStatus> poll() override;
  [[nodiscard]] bool wait(const progeny::detail::Deadline& deadline) override;
  /// A parent is not its child's to signal: the number may belong to another process already.
  std::error_code send_signal(int signal) override;
  [[nodiscard]] native_handle sentinel() override { return lifeline_; }

 private:
  int pid_;
  native_handle lifeline_;
};

}  // namespace progeny::multiprocessing::detail
