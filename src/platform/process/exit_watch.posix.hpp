#pragma once

// Learns of a child's end where the kernel gives no pidfd.

#include <progeny/base/handle.hpp>

#include <memory>
#include <mutex>

namespace progeny::platform {

/// A thread that sleeps in waitid(2), which leaves the child unreaped, and then writes to a pipe.
/// A byte rather than the end of the file, since a copy of this process made by fork(2) would hold
/// the other end open.
class ExitWatch {
 public:
  /// Throws OSError if no descriptor is free or no thread can be had.
  explicit ExitWatch(int pid);
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;
  /// Closes both ends, whether the thread has woken up yet or not.
  ~ExitWatch();

  /// Becomes readable when the child has ended.
  [[nodiscard]] native_handle handle() const noexcept { return read_end_.get(); }

 private:
  struct Signal {
    std::mutex mutex;
    Handle write_end;
  };

  const int creator_;  // The process in which the thread runs.
  std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  Handle read_end_;
};

}  // namespace progeny::platform
