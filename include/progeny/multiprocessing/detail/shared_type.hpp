#pragma once

// What can lie in shared memory, how it is stored, and under which lock. Not for users.

#include <progeny/export.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace progeny::multiprocessing::detail {

/// Types whose bytes are their value, in every process.
template <class T>
concept SharedType = std::is_trivially_copyable_v<T> && std::is_object_v<T> &&
                     !std::is_const_v<T> && !std::is_array_v<T> && !std::is_pointer_v<T> &&
                     !std::is_member_pointer_v<T> && alignof(T) <= 4096;

/// What may be stored into a `T`: whole numbers into whole numbers, which wrap; any number into a
/// floating one; and what converts into another type. A fraction into a whole number may not.
template <class U, class T>
concept StorableIn =
    (std::integral<T> && std::integral<U>) || (std::floating_point<T> && std::is_arithmetic_v<U>) ||
    (!std::is_arithmetic_v<T> && std::convertible_to<const U&, T>);

/// What gives a struct's fields by their position.
template <class T, class... Args>
concept FieldsOf =
    sizeof...(Args) >= 2 && std::is_class_v<T> && requires(const Args&... args) { T{args...}; };

/// A lock that is passed on by copying it: Lock, RLock, and what else is like them.
template <class L>
concept SharedLock = std::copy_constructible<L> && requires(L& lock) {
  lock.lock();
  lock.unlock();
};

/// The element that `index` means, counted from the end if it is negative.
/// - Throws: LookupError, a `std::out_of_range`, if there is none.
PROGENY_EXPORT [[noreturn]] void throw_no_element(std::ptrdiff_t index, std::size_t size);
[[nodiscard]] inline std::size_t element_at(std::ptrdiff_t index, std::size_t size) {
  const std::size_t from_start =
      static_cast<std::size_t>(index) + (index < 0 ? size : std::size_t{0});
  if (from_start >= size) {
    throw_no_element(index, size);
  }
  return from_start;
}

/// An element that is read and written under a lock, each time for itself. Valid as long as what it
/// was asked from.
template <SharedType T, SharedLock L>
class LockedReference {
 public:
  LockedReference(T& target, L& lock) noexcept : target_(&target), lock_(&lock) {}
  LockedReference(const LockedReference&) = default;
  ~LockedReference() = default;

  /// Reads.
  // NOLINTNEXTLINE(google-explicit-constructor): it stands for the element.
  operator T() const {
    const std::lock_guard guard(*lock_);
    return *target_;
  }

  /// Writes.
  template <StorableIn<T> U>
  // NOLINTNEXTLINE(misc-unconventional-assign-operator): a constant reference can be written to.
  const LockedReference& operator=(const U& value) const {
    const std::lock_guard guard(*lock_);
    *target_ = static_cast<T>(value);
    return *this;
  }
  /// Writes the value of another element, as assigning references does.
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): writing what was read is right.
  LockedReference& operator=(const LockedReference& other) {
    std::as_const(*this) = static_cast<T>(other);
    return *this;
  }

  /// Reads and writes without letting go of the lock in between.
  template <class U>
  const LockedReference& operator+=(const U& value) const
    requires requires(const T& element) { element + value; }
  {
    return change([&](const T& element) { return element + value; });
  }
  /// The same.
  template <class U>
  const LockedReference& operator-=(const U& value) const
    requires requires(const T& element) { element - value; }
  {
    return change([&](const T& element) { return element - value; });
  }
  /// The same.
  template <class U>
  const LockedReference& operator*=(const U& value) const
    requires requires(const T& element) { element* value; }
  {
    return change([&](const T& element) { return element * value; });
  }
  /// The same.
  template <class U>
  const LockedReference& operator/=(const U& value) const
    requires requires(const T& element) { element / value; }
  {
    return change([&](const T& element) { return element / value; });
  }
  /// The same.
  const LockedReference& operator++() const
    requires requires(const T& element) { element + 1; }
  {
    return *this += 1;
  }
  /// The same.
  const LockedReference& operator--() const
    requires requires(const T& element) { element - 1; }
  {
    return *this -= 1;
  }

 private:
  template <class Change>
  // NOLINTNEXTLINE(modernize-use-nodiscard): it is called for its effect.
  const LockedReference& change(const Change& result_for) const {
    const std::lock_guard guard(*lock_);
    *target_ = static_cast<T>(result_for(*target_));
    return *this;
  }

  T* target_;
  L* lock_;
};

/// An object with the lock that it is used under: what Value and Array are made of.
template <class Object, SharedLock L>
class Synchronized {
 public:
  /// The object without the lock. Python: `get_obj`.
  [[nodiscard]] const Object& get_obj() const noexcept { return object_; }
  /// The lock, which who has it may hold for as long as it takes; if it is an RLock, the object may
  /// be used meanwhile. Python: `get_lock`.
  [[nodiscard]] L& get_lock() const noexcept { return lock_; }

  /// As that of the lock.
  template <class... Args>
  bool acquire(const Args&... args) const
    requires requires(L& lock) { lock.acquire(args...); }
  {
    return lock_.acquire(args...);
  }
  /// As that of the lock.
  void release() const
    requires requires(L& lock) { lock.release(); }
  {
    lock_.release();
  }
  /// For `std::scoped_lock` and its like, where Python has `with`.
  void lock() const { lock_.lock(); }
  /// As that of the lock.
  void unlock() const { lock_.unlock(); }

 protected:
  Synchronized(Object object, L lock) : object_(std::move(object)), lock_(std::move(lock)) {}

 private:
  Object object_;
  mutable L lock_;
};

}  // namespace progeny::multiprocessing::detail
