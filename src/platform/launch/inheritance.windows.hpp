#pragma once

// What a child inherits, so that it gets that and nothing else even while other threads launch.
// Windows only.
//
// A child that is given a list of handles gets no other. But the handles must be inheritable, and
// one that is launched without a list gets all such: so those two kinds of launches exclude each
// other.

#include "platform/launch/launch.hpp"
#include "platform/system/win32.windows.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <vector>

namespace progeny::platform {

/// The right to launch: of one launch alone, or of many beside each other.
class LaunchLock {
 public:
  explicit LaunchLock(bool alone) noexcept;
  LaunchLock(const LaunchLock&) = delete;
  LaunchLock& operator=(const LaunchLock&) = delete;
  ~LaunchLock();

 private:
  bool alone_;
};

/// Inheritable duplicates for one launch. Lives as long as that takes.
class Inheritance {
 public:
  /// Throws OSError if the streams cannot be duplicated.
  explicit Inheritance(const LaunchRequest& request);

  /// Whether the child is told its standard streams.
  [[nodiscard]] bool has_streams() const noexcept { return has_streams_; }
  /// The child's standard streams.
  [[nodiscard]] const std::array<native_handle, 3>& streams() const noexcept { return streams_; }

  /// Whether the child inherits anything.
  [[nodiscard]] bool inherits() const noexcept { return inherits_all_ || !list_.empty(); }
  /// All that it inherits; empty with `inherits` means all that is inheritable.
  [[nodiscard]] std::vector<native_handle>& list() noexcept { return list_; }

 private:
  void duplicate_streams(const LaunchRequest& request);
  void make_list(const LaunchRequest& request);

  bool has_streams_;
  bool inherits_all_;
  LaunchLock lock_;
  std::vector<Handle> duplicates_;
  std::array<native_handle, 3> streams_{};
  std::vector<native_handle> list_;
};

}  // namespace progeny::platform
