#pragma once

// How a lock refers to what it is. Not for users.

#include <progeny/export.hpp>

#include <memory>

namespace progeny::multiprocessing::detail {

class SharedObject;

/// A pointer to an object that may lie in the heap: where a started process was given one, it is
/// not used for something else before that process has ended.
class PROGENY_EXPORT ObjectReference {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): it is that pointer.
  ObjectReference(std::shared_ptr<SharedObject> object) noexcept;
  ObjectReference(const ObjectReference&) noexcept;
  ObjectReference(ObjectReference&&) noexcept;
  ObjectReference& operator=(const ObjectReference&) noexcept;
  ObjectReference& operator=(ObjectReference&&) noexcept;
  /// Lets go of the object.
  ~ObjectReference();

  /// The object.
  SharedObject& operator*() const noexcept { return *object_; }
  /// Its members.
  SharedObject* operator->() const noexcept { return object_.get(); }
  /// The pointer.
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  operator const std::shared_ptr<SharedObject>&() const noexcept { return object_; }

 private:
  std::shared_ptr<SharedObject> object_;
};

}  // namespace progeny::multiprocessing::detail
