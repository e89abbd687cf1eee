#pragma once

// Many handles behind one: its own handle is readable while any of them is.

#include <progeny/base/handle.hpp>

namespace progeny::platform {

/// A set of handles to wait for, which may change while a thread waits for it.
///
/// After fork(2) parent and child share one set: a child that needs one makes it anew, and only
/// destroys the old one.
/// - Threads: safe.
class ReadableSet {
 public:
  /// An empty set, closed on exec and above the standard streams.
  /// - Throws: OSError.
  ReadableSet();

  /// Readable while a handle of the set is. Valid for as long as this object.
  [[nodiscard]] native_handle handle() const noexcept { return handle_.get(); }

  /// Adds a handle, which is borrowed.
  /// - Throws: OSError, also if it is in the set.
  void add(native_handle member);
  /// Takes a handle out; nothing happens if it is not in the set. To be called before it is closed:
  /// the set would go on reporting an open file that another process holds as well.
  void remove(native_handle member) noexcept;

 private:
  Handle handle_;
};

}  // namespace progeny::platform
