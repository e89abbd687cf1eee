#pragma once

// The types that Value and Array can hold, and access to them under a lock. Not for users.

#include <concepts>
#include <mutex>
#include <type_traits>
#include <utility>

namespace progeny::multiprocessing::detail {

/// Types whose bytes mean the same in every process.
template <class T>
concept SharedType = std::is_trivially_copyable_v<T> && std::is_object_v<T> &&
                     !std::is_const_v<T> && !std::is_array_v<T> && !std::is_pointer_v<T> &&
                     !std::is_member_pointer_v<T> && alignof(T) <= 4096;

/// Types `U` that may be stored into a `T`. Whole numbers may be stored into whole numbers and
/// wrap. Any number may be stored into a floating-point type. For other types the usual conversion
/// applies. A fraction must not be stored into a whole number.
template <class U, class T>
concept StorableIn =
    (std::integral<T> && std::integral<U>) || (std::floating_point<T> && std::is_arithmetic_v<U>) ||
    (!std::is_arithmetic_v<T> && std::convertible_to<const U&, T>);

/// Arguments that initialise the fields of a struct in order.
template <class T, class... Args>
concept FieldsOf =
    sizeof...(Args) >= 2 && std::is_class_v<T> && requires(const Args&... args) { T{args...}; };

/// Locks whose copies are the same lock: `Lock`, `RLock` and user types like them.
template <class L>
concept SharedLock = std::copy_constructible<L> && requires(L& lock) {
  lock.lock();
  lock.unlock();
};

/// A reference to an element that takes the lock for each read and each write. It is valid while
/// the object that returned it lives.
template <SharedType T, SharedLock L>
class LockedReference {
 public:
  LockedReference(T& target, L& lock) noexcept : target_(&target), lock_(&lock) {}
  LockedReference(const LockedReference&) = default;
  ~LockedReference() = default;

  /// Reads the element.
  // NOLINTNEXTLINE(google-explicit-constructor): the reference is used like the element.
  operator T() const {
    const std::lock_guard guard(*lock_);
    return *target_;
  }

  /// Writes the element.
  template <StorableIn<T> U>
  // NOLINTNEXTLINE(misc-unconventional-assign-operator): a constant reference can be written to.
  const LockedReference& operator=(const U& value) const {
    const std::lock_guard guard(*lock_);
    *target_ = static_cast<T>(value);
    return *this;
  }
  /// Copies the value of another element, as assignment between plain references does.
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): writing what was read is right.
  LockedReference& operator=(const LockedReference& other) {
    std::as_const(*this) = static_cast<T>(other);
    return *this;
  }

  /// Adds to the element in one step: the lock is held from the read to the write.
  template <class U>
  const LockedReference& operator+=(const U& value) const
    requires requires(const T& element) { element + value; }
  {
    return change([&](const T& element) { return element + value; });
  }
  /// Subtracts from the element in one step.
  template <class U>
  const LockedReference& operator-=(const U& value) const
    requires requires(const T& element) { element - value; }
  {
    return change([&](const T& element) { return element - value; });
  }
  /// Multiplies the element in one step.
  template <class U>
  const LockedReference& operator*=(const U& value) const
    requires requires(const T& element) { element* value; }
  {
    return change([&](const T& element) { return element * value; });
  }
  /// Divides the element in one step.
  template <class U>
  const LockedReference& operator/=(const U& value) const
    requires requires(const T& element) { element / value; }
  {
    return change([&](const T& element) { return element / value; });
  }
  /// Adds 1 in one step.
  const LockedReference& operator++() const
    requires requires(const T& element) { element + 1; }
  {
    return *this += 1;
  }
  /// Subtracts 1 in one step.
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

/// An object with its lock: the common base of `Value` and `Array`.
template <class Object, SharedLock L>
class Synchronized {
 public:
  /// The object without the lock.
  /// - Python: `get_obj`.
  [[nodiscard]] const Object& get_obj() const noexcept { return object_; }
  /// The lock. While a thread holds it, that thread may use the object only if the lock is
  /// recursive; `get_obj` works with any lock.
  /// - Python: `get_lock`.
  [[nodiscard]] L& get_lock() const noexcept { return lock_; }

  /// Calls `acquire` of the lock.
  template <class... Args>
  bool acquire(const Args&... args) const
    requires requires(L& lock) { lock.acquire(args...); }
  {
    return lock_.acquire(args...);
  }
  /// Calls `release` of the lock.
  void release() const
    requires requires(L& lock) { lock.release(); }
  {
    lock_.release();
  }
  /// Locks, for `std::scoped_lock` and its like, which replace Python's `with`.
  void lock() const { lock_.lock(); }
  /// Unlocks.
  void unlock() const { lock_.unlock(); }

 protected:
  Synchronized(Object object, L lock) : object_(std::move(object)), lock_(std::move(lock)) {}

 private:
  Object object_;
  mutable L lock_;
};

}  // namespace progeny::multiprocessing::detail
