#pragma once

// One read or write that the system carries out while the thread goes on. Windows only.
//
//   idle --start--> under way --done, or cancelled--> idle, with a result
//
// Our ends of pipes are opened for overlapped use. On other handles `start` itself blocks, and the
// operation is over when it returns.

#include "platform/io/descriptor.hpp"
#include "platform/system/win32.windows.hpp"

#include <progeny/base/handle.hpp>

#include <span>
#include <string_view>
#include <system_error>

namespace progeny::platform {

/// The result of a failed read: the end, if the pipe has no writer any more.
[[nodiscard]] IoResult failed_read(const std::error_code& error) noexcept;

/// The result of a failed write: `broken_pipe` if the pipe has no reader. The system has two other
/// errors for that.
[[nodiscard]] IoResult failed_write(const std::error_code& error) noexcept;

/// The part that both directions share. While an operation is under way, the system uses this
/// object and the memory it was given; so the destructor cancels the operation first.
class Overlapped {
 public:
  Overlapped() noexcept;
  Overlapped(const Overlapped&) = delete;
  Overlapped& operator=(const Overlapped&) = delete;
  ~Overlapped() { cancel(); }

  /// Signalled when the operation is done.
  [[nodiscard]] native_handle event() const noexcept { return event_.get(); }
  /// Whether an operation was started and its result was not fetched yet.
  [[nodiscard]] bool is_under_way() const noexcept { return handle_ != nullptr; }
  /// Whether it is under way and done, so that `wait` does not block.
  [[nodiscard]] bool is_done() const noexcept {
    return is_under_way() && HasOverlappedIoCompleted(&state_);
  }

  /// Waits until the operation is done, and fetches its result.
  IoResult wait() noexcept;
  /// Cancels the operation. It may be done before; `result` says what it did.
  void cancel() noexcept;
  /// Whether it was a read that met the end of the stream.
  [[nodiscard]] bool is_at_end() const noexcept { return at_end_; }
  /// The result of the last operation, when none is under way.
  [[nodiscard]] const IoResult& result() const noexcept { return result_; }

 protected:
  /// Notes the outcome of the call that started the operation. True if it is under way.
  bool begun(native_handle handle, BOOL finished, bool reading) noexcept;
  /// Cancels the last operation, and returns the record for the next.
  [[nodiscard]] OVERLAPPED* prepare() noexcept;

 private:
  void finish(bool reading) noexcept;

  Handle event_;
  OVERLAPPED state_{};
  native_handle handle_ = nullptr;  // Null when nothing is under way.
  bool reading_ = false;
  bool at_end_ = false;
  IoResult result_;
};

/// A read into memory of the caller's, which must outlive it.
class OverlappedRead : public Overlapped {
 public:
  /// Starts to read. True if the read is under way; false if it is over already: see `result`.
  bool start(native_handle handle, std::span<char> space) noexcept;
};

/// A write from memory of the caller's, which must outlive it.
class OverlappedWrite : public Overlapped {
 public:
  /// Starts to write; returns as `OverlappedRead::start`.
  bool start(native_handle handle, std::string_view bytes) noexcept;
};

}  // namespace progeny::platform
