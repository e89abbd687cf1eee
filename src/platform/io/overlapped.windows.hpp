#pragma once

// One read or write that goes on beside the thread that began it. Windows only.
//
// Our ends of pipes are opened for overlapped use. On other handles the calls simply block, and are
// done when they return.

#include "platform/io/descriptor.hpp"
#include "platform/system/win32.windows.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace progeny::platform {

/// What a failed read means: a reader whose pipe has no writer any more is at the end.
[[nodiscard]] IoResult failed_read(const std::error_code& error) noexcept;

/// What a failed write means: a pipe without a reader is `broken_pipe`, however the system says it.
[[nodiscard]] IoResult failed_write(const std::error_code& error) noexcept;

/// What both directions share. While one is under way the system uses this object and the memory
/// it was given: the destructor takes it back first.
class Overlapped {
 public:
  Overlapped() noexcept;
  Overlapped(const Overlapped&) = delete;
  Overlapped& operator=(const Overlapped&) = delete;
  ~Overlapped() { cancel(); }

  /// Signalled when it is done; to be waited for.
  [[nodiscard]] native_handle event() const noexcept { return event_.get(); }
  [[nodiscard]] bool is_under_way() const noexcept { return handle_ != nullptr; }
  /// Whether it was under way and is done by now, so that `wait` would not block.
  [[nodiscard]] bool is_done() const noexcept {
    return is_under_way() && HasOverlappedIoCompleted(&state_);
  }

  /// Waits until it is done.
  IoResult wait() noexcept;
  /// Takes it back if it is not done yet; `result` is what came of it then.
  void cancel() noexcept;
  /// Whether it was a read that met the end: no more can come.
  [[nodiscard]] bool is_at_end() const noexcept { return at_end_; }
  /// What came of it, when it is not under way.
  [[nodiscard]] const IoResult& result() const noexcept { return result_; }

 protected:
  /// Notes how the call that began it ended. True if it is under way.
  bool begun(native_handle handle, BOOL finished, bool reading) noexcept;
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
  /// True if it is under way, false if it is done or has failed: see `result`.
  bool start(native_handle handle, std::span<char> space) noexcept;
};

/// A write from memory of the caller's, which must outlive it.
class OverlappedWrite : public Overlapped {
 public:
  /// As of a read.
  bool start(native_handle handle, std::string_view bytes) noexcept;
};

}  // namespace progeny::platform
