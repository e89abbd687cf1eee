#pragma once

// The owner of a native handle.

#include <progeny/detail/config.hpp>
#include <progeny/export.hpp>

namespace progeny {

/// Owns one native handle and closes it exactly once.
///
/// It is a `std::unique_ptr` for handles: it can be moved, but not copied.
///
/// - Python: none. There a descriptor is a plain `int`.
/// - Threads: one at a time for one object.
/// - Platforms: the handle is a descriptor on POSIX, a `HANDLE` on Windows.
class PROGENY_EXPORT Handle {
 public:
  /// Owns nothing.
  Handle() noexcept = default;
  /// Takes ownership of `handle`; the caller must not close it any more.
  explicit Handle(native_handle handle) noexcept : handle_(handle) {}
  /// Takes over the handle of `other`, which then owns nothing.
  Handle(Handle&& other) noexcept : handle_(other.release()) {}
  /// Closes its own handle, then takes over that of `other`.
  Handle& operator=(Handle&& other) noexcept;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  /// Closes its handle. Errors are ignored; `subprocess::Stream::close` reports them.
  ~Handle() { reset(); }

  /// The handle, which stays owned.
  [[nodiscard]] native_handle get() const noexcept { return handle_; }
  /// Whether it owns a handle.
  explicit operator bool() const noexcept { return handle_ != none(); }
  /// Gives up ownership without closing. The caller closes the handle.
  [[nodiscard]] native_handle release() noexcept;
  /// Closes its handle now, if it owns one.
  void reset() noexcept;

  /// The value that stands for "no handle": -1, or a null `HANDLE`.
  [[nodiscard]] static constexpr native_handle none() noexcept { return no_native_handle; }

 private:
  // The one system call of this floor. Its body is in src/platform/io/handle.*.cpp, with the
  // other system calls, so that base includes nothing of platform.
  static void close(native_handle handle) noexcept;

  native_handle handle_ = none();
};

}  // namespace progeny
