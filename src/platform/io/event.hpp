#pragma once

// A switch that wakes threads which wait for handles.

#include <progeny/base/handle.hpp>

#include <utility>

namespace progeny::platform {

/// A switch whose handle is readable while it is set. It is clear at first.
///
/// Its handle can be sent to another process, which then shares the switch.
/// - Threads: safe.
class Event {
 public:
  /// Makes a switch. Its handle is closed on exec.
  /// - Throws: OSError if no descriptor is free.
  Event();
  /// Takes over a switch that another process made, in whichever state it is.
  explicit Event(Handle handle) noexcept : handle_(std::move(handle)) {}
  /// Sets it; it stays set until `clear`. Never blocks.
  void set() noexcept;
  /// Clears it. Never blocks.
  void clear() noexcept;
  /// What to wait for; valid for as long as this object.
  [[nodiscard]] native_handle handle() const noexcept { return handle_.get(); }

 private:
  Handle handle_;
};

}  // namespace progeny::platform
