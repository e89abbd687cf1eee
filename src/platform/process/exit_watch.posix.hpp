#pragma once

// Learns of a child's end where the kernel gives no pidfd. POSIX only.

#include <progeny/base/handle.hpp>

#include <memory>
#include <mutex>

namespace progeny::platform {

/// Sleeps until the child of this number has ended, and leaves it unreaped. Returns at once if it
/// is no child of this process (any more).
void await_end_by_number(int pid) noexcept;

/// A thread that sleeps in waitid(2), which leaves the child unreaped, and then writes a byte to a
/// pipe. Closing the pipe instead would not do: a copy of this process made by fork(2) would keep
/// the writing end open.
class ExitWatch {
 public:
  /// - Throws: OSError if no descriptor is free or no thread can be started.
  explicit ExitWatch(int pid);
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;
  /// Closes both ends. The thread may go on sleeping; it ends when the child does.
  ~ExitWatch();

  /// Becomes readable when the child has ended.
  [[nodiscard]] native_handle handle() const noexcept { return read_end_.get(); }

 private:
  struct Signal {
    std::mutex mutex;  // Guards `write_end`.
    Handle write_end;  // None once nothing reads any more.
  };

  const int creator_;  // The process in which the thread runs.
  // Shared with the thread, which may outlive this object.
  std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  Handle read_end_;
};

}  // namespace progeny::platform
