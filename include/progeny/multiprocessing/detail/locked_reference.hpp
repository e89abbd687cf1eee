#pragma once

// What `*value` and `array[i]` return. Not for users.

#include <progeny/multiprocessing/detail/shared_type.hpp>

#include <mutex>
#include <utility>

namespace progeny::multiprocessing::detail {

/// A reference to an element that takes the lock for each read and each write. It is valid while
/// the object that returned it lives.
///
/// `auto x = *value;` therefore makes another reference, not a copy of the number: `x = 9` changes
/// the shared value. A copy is `int x = *value;` or `auto x = value.value();`. A template such as
/// `std::max` that deduces one type from two arguments takes `value.value()`.
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
  /// Copies the value of another element, as assignment between plain references does. The two
  /// locks are held one after the other.
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): writing what was read is right.
  LockedReference& operator=(const LockedReference& other) {
    std::as_const(*this) = static_cast<T>(other);
    return *this;
  }
  /// The same from an element of another type, or with another lock.
  template <class U, class M>
    requires StorableIn<U, T>
  // NOLINTNEXTLINE(misc-unconventional-assign-operator): a constant reference can be written to.
  const LockedReference& operator=(const LockedReference<U, M>& other) const {
    return *this = static_cast<U>(other);
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
  /// Takes the remainder in one step.
  template <class U>
  const LockedReference& operator%=(const U& value) const
    requires requires(const T& element) { element % value; }
  {
    return change([&](const T& element) { return element % value; });
  }
  /// Clears bits in one step.
  template <class U>
  const LockedReference& operator&=(const U& value) const
    requires requires(const T& element) { element & value; }
  {
    return change([&](const T& element) { return element & value; });
  }
  /// Sets bits in one step.
  template <class U>
  const LockedReference& operator|=(const U& value) const
    requires requires(const T& element) { element | value; }
  {
    return change([&](const T& element) { return element | value; });
  }
  /// Inverts bits in one step.
  template <class U>
  const LockedReference& operator^=(const U& value) const
    requires requires(const T& element) { element ^ value; }
  {
    return change([&](const T& element) { return element ^ value; });
  }
  /// Shifts bits in one step.
  template <class U>
  const LockedReference& operator<<=(const U& value) const
    requires requires(const T& element) { element << value; }
  {
    return change([&](const T& element) { return element << value; });
  }
  /// Shifts bits in one step.
  template <class U>
  const LockedReference& operator>>=(const U& value) const
    requires requires(const T& element) { element >> value; }
  {
    return change([&](const T& element) { return element >> value; });
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
  /// Adds 1 in one step and returns the value before.
  T operator++(int) const
    requires requires(const T& element) { element + 1; }
  {
    return exchange([](const T& element) { return element + 1; });
  }
  /// Subtracts 1 in one step and returns the value before.
  T operator--(int) const
    requires requires(const T& element) { element - 1; }
  {
    return exchange([](const T& element) { return element - 1; });
  }

  /// Exchanges the values of two elements. Each read and each write takes its lock.
  friend void swap(LockedReference one, LockedReference other) {
    const T before = one;
    one = other;
    other = before;
  }

 private:
  template <class Change>
  T exchange(const Change& result_for) const {
    const std::lock_guard guard(*lock_);
    const T before = *target_;
    *target_ = static_cast<T>(result_for(before));
    return before;
  }
  template <class Change>
  // NOLINTNEXTLINE(modernize-use-nodiscard): it is called for its effect.
  const LockedReference& change(const Change& result_for) const {
    exchange(result_for);
    return *this;
  }

  T* target_;
  L* lock_;
};

}  // namespace progeny::multiprocessing::detail
