#pragma once

// An iterator over an array that takes the lock for each element. Not for users.

#include <progeny/multiprocessing/detail/locked_reference.hpp>
#include <progeny/multiprocessing/detail/shared_type.hpp>

#include <compare>
#include <cstddef>
#include <iterator>

namespace progeny::multiprocessing::detail {

/// An iterator of `Array`. It is valid while that array object lives.
template <SharedType T, SharedLock L>
class LockedIterator {
 public:
  /// The elements can be reached in any order.
  // NOLINTNEXTLINE(readability-identifier-naming): the standard's name.
  using iterator_concept = std::random_access_iterator_tag;
  /// The same for algorithms older than C++20. They would want a true reference, but work with one
  /// that locks, as they do with that of `std::vector<bool>`.
  using iterator_category = std::random_access_iterator_tag;
  /// The distance between two elements.
  using difference_type = std::ptrdiff_t;
  /// The type of an element.
  using value_type = T;
  /// The reference that locks at each use.
  using reference = LockedReference<T, L>;
  /// None: an element has no address outside the lock.
  using pointer = void;

  LockedIterator() noexcept = default;
  LockedIterator(T* position, L& lock) noexcept : position_(position), lock_(&lock) {}

  /// A reference to the element that locks at each use.
  reference operator*() const noexcept { return {*position_, *lock_}; }
  /// The same for the element at a distance.
  reference operator[](difference_type distance) const noexcept {
    return {position_[distance], *lock_};
  }
  /// Advances by so many elements.
  LockedIterator& operator+=(difference_type distance) noexcept {
    position_ += distance;
    return *this;
  }
  /// Goes back by so many elements.
  LockedIterator& operator-=(difference_type distance) noexcept { return *this += -distance; }
  /// Advances to the next element.
  LockedIterator& operator++() noexcept { return *this += 1; }
  /// Advances to the next element and returns the old iterator.
  LockedIterator operator++(int) noexcept {
    auto before = *this;
    ++*this;
    return before;
  }
  /// Goes back to the element before.
  LockedIterator& operator--() noexcept { return *this += -1; }
  /// Goes back to the element before and returns the old iterator.
  LockedIterator operator--(int) noexcept {
    auto before = *this;
    --*this;
    return before;
  }
  /// The iterator at a distance.
  friend LockedIterator operator+(LockedIterator from, difference_type distance) noexcept {
    return from += distance;
  }
  /// The iterator at a distance.
  friend LockedIterator operator+(difference_type distance, LockedIterator from) noexcept {
    return from += distance;
  }
  /// The iterator at a distance.
  friend LockedIterator operator-(LockedIterator from, difference_type distance) noexcept {
    return from -= distance;
  }
  /// The distance from `from`.
  friend difference_type operator-(const LockedIterator& to, const LockedIterator& from) noexcept {
    return to.position_ - from.position_;
  }
  /// Whether both point to the same element.
  bool operator==(const LockedIterator& other) const noexcept {
    return position_ == other.position_;
  }
  /// Which comes first.
  auto operator<=>(const LockedIterator& other) const noexcept {
    return position_ <=> other.position_;
  }

 private:
  T* position_ = nullptr;
  L* lock_ = nullptr;
};

}  // namespace progeny::multiprocessing::detail
