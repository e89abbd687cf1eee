#pragma once

// The parent of this process, as `parent_process()` gives it.

#include "multiprocessing/process/popen.hpp"

#include <progeny/detail/config.hpp>

#include <optional>
#include <system_error>

namespace progeny::multiprocessing::detail {

/// Knows whether the parent runs, but not how it has ended.
class ParentWatch : public Popen {
 public:
  /// `lifeline`, the parent's, becomes readable when the parent has ended. Stays the caller's.
  ParentWatch(int pid, native_handle lifeline) noexcept : pid_(pid), lifeline_(lifeline) {}

  [[nodiscard]] int pid() const noexcept override { return pid_; }
  [[nodiscard]] std::optional<platform::ExitStatus> poll() override;
  [[nodiscard]] bool wait(const progeny::detail::Deadline& deadline) override;
  /// Refused: the parent may have ended, and its pid may be another process's by now.
  std::error_code send_signal(int signal) override;
  [[nodiscard]] native_handle sentinel() override { return lifeline_; }

 private:
  int pid_;
  native_handle lifeline_;
};

}  // namespace progeny::multiprocessing::detail
