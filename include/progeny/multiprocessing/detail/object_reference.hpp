#pragma once

// A lock's pointer to its shared memory. Not for users.

#include <progeny/export.hpp>

#include <memory>

namespace progeny::multiprocessing::detail {

class SharedObject;

/// A shared pointer to a `SharedObject` that may lie in the heap of shared blocks.
///
/// A forked child's copies are not counted as users of the block. So when a parent drops a lock
/// that it gave to a started process, the destructor hands the block to `Keeping`, which keeps it
/// until that process has ended.
class PROGENY_EXPORT ObjectReference {
 public:
  /// Refers to `object`.
  // NOLINTNEXTLINE(google-explicit-constructor): it replaces that pointer.
  ObjectReference(std::shared_ptr<SharedObject> object) noexcept;
  ObjectReference(const ObjectReference&) noexcept;
  ObjectReference(ObjectReference&&) noexcept;
  ObjectReference& operator=(const ObjectReference&) noexcept;
  ObjectReference& operator=(ObjectReference&&) noexcept;
  /// Drops this reference.
  ~ObjectReference();

  /// The object.
  SharedObject& operator*() const noexcept { return *object_; }
  /// Accesses a member of the object.
  SharedObject* operator->() const noexcept { return object_.get(); }
  /// The plain pointer.
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  operator const std::shared_ptr<SharedObject>&() const noexcept { return object_; }

 private:
  std::shared_ptr<SharedObject> object_;
};

}  // namespace progeny::multiprocessing::detail
