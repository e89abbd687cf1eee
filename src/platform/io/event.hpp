#pragma once

// A switch that a waiting thread can be woken by.

#include <progeny/base/handle.hpp>

#include <utility>

namespace progeny::platform {

/// Its handle is readable while it is set. Safe from several threads.
class Event {
 public:
  /// Throws OSError if no descriptor is free.
  Event();
  /// One that another process has made, and set or not.
  explicit Event(Handle handle) noexcept : handle_(std::move(handle)) {}
  /// Sets it. Never blocks.
  void set() noexcept;
  /// Takes it back. Never blocks.
  void clear() noexcept;
  [[nodiscard]] native_handle handle() const noexcept { return handle_.get(); }

 private:
  Handle handle_;
};

}  // namespace progeny::platform
