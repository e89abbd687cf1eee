#pragma once

// The one owner of a native handle: closes it when it goes.

#include <progeny/detail/config.hpp>
#include <progeny/export.hpp>

namespace progeny {

/// Owns one native handle (a descriptor on POSIX, a `HANDLE` on Windows) and closes it exactly
/// once.
///
/// - Threads: as `std::unique_ptr`: one thread at a time for one object.
class PROGENY_EXPORT Handle {
 public:
  /// Owns nothing.
  Handle() noexcept = default;
  /// Takes ownership of `handle`, which the caller must not close any more.
  explicit Handle(native_handle handle) noexcept : handle_(handle) {}
  /// Takes over what `other` owns.
  Handle(Handle&& other) noexcept : handle_(other.release()) {}
  /// Closes what this owns, then takes over what `other` owns.
  Handle& operator=(Handle&& other) noexcept;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  /// Closes what it owns. Errors of the closing are lost; who needs them closes through `Stream`.
  ~Handle() { reset(); }

  /// The handle, still owned.
  [[nodiscard]] native_handle get() const noexcept { return handle_; }
  /// Whether it owns a handle.
  explicit operator bool() const noexcept { return handle_ != none(); }
  /// Gives up ownership.
  [[nodiscard]] native_handle release() noexcept;
  /// Closes now.
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
