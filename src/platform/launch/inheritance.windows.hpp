#pragma once

// The handles that a child inherits: these and no others, even while other threads launch. Windows
// only.
//
// A child with a list of handles gets no others. But handles in a list must be inheritable, and a
// child without a list gets every inheritable handle of the process. So launches without a list
// exclude all other launches.

#include "platform/launch/launch.hpp"
#include "platform/system/win32.windows.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <vector>

namespace progeny::platform {

/// The right to launch: alone, or together with others. Held while it exists.
class LaunchLock {
 public:
  explicit LaunchLock(bool alone) noexcept;
  LaunchLock(const LaunchLock&) = delete;
  LaunchLock& operator=(const LaunchLock&) = delete;
  ~LaunchLock();

 private:
  bool alone_;
};

/// The inheritable duplicates for one launch. It must exist until the launch is over.
class Inheritance {
 public:
  /// - Throws: OSError if the streams cannot be duplicated.
  /// - Blocks: while a launch runs that excludes this one.
  explicit Inheritance(const LaunchRequest& request);

  /// Whether the child gets standard streams at all.
  [[nodiscard]] bool has_streams() const noexcept { return has_streams_; }
  /// The child's standard streams.
  [[nodiscard]] const std::array<native_handle, 3>& streams() const noexcept { return streams_; }

  /// Whether the child inherits anything.
  [[nodiscard]] bool inherits() const noexcept { return inherits_all_ || !list_.empty(); }
  /// The handles that it inherits. Empty with `inherits`: all inheritable ones.
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
