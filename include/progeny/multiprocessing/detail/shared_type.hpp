#pragma once

// The types that Value and Array can hold, and their common base. Not for users.

#include <concepts>
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
