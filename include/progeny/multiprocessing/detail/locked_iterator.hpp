#pragma once

// An iterator over an array that takes the lock for each element. Not for users.

#include <progeny/multiprocessing/detail/shared_type.hpp>

#include <cstddef>
#include <iterator>

namespace progeny::multiprocessing::detail {

/// An iterator of `Array`. It is valid while that array object lives.
template <SharedType T, SharedLock L>
class LockedIterator {
 public:
  /// An input iterator, because dereferencing returns a proxy.
  using iterator_concept = std::input_iterator_tag;  // NOLINT(readability-identifier-naming)
  /// As `iterator_concept`, for algorithms older than C++20.
  using iterator_category = std::input_iterator_tag;
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
  /// Advances to the next element.
  LockedIterator& operator++() noexcept {
    ++position_;
    return *this;
  }
  /// Advances to the next element and returns the old iterator.
  LockedIterator operator++(int) noexcept {
    auto before = *this;
    ++position_;
    return before;
  }
  /// Whether both point to the same element.
  bool operator==(const LockedIterator& other) const noexcept {
    return position_ == other.position_;
  }

 private:
  T* position_ = nullptr;
  L* lock_ = nullptr;
};

}  // namespace progeny::multiprocessing::detail
