#pragma once

// Goes over an array and takes the lock for each element. Not for users.

#include <progeny/multiprocessing/detail/shared_type.hpp>

#include <cstddef>
#include <iterator>

namespace progeny::multiprocessing::detail {

/// Valid as long as the array that it was asked from.
template <SharedType T, SharedLock L>
class LockedIterator {
 public:
  /// As the standard library asks for.
  using iterator_concept = std::input_iterator_tag;  // NOLINT(readability-identifier-naming)
  /// The same.
  using iterator_category = std::input_iterator_tag;
  /// The same.
  using difference_type = std::ptrdiff_t;
  /// What is read.
  using value_type = T;
  /// What stands for it.
  using reference = LockedReference<T, L>;
  /// There is none.
  using pointer = void;

  LockedIterator() noexcept = default;
  LockedIterator(T* position, L& lock) noexcept : position_(position), lock_(&lock) {}

  /// What stands for the element.
  reference operator*() const noexcept { return {*position_, *lock_}; }
  /// Goes on.
  LockedIterator& operator++() noexcept {
    ++position_;
    return *this;
  }
  /// Goes on.
  LockedIterator operator++(int) noexcept {
    auto before = *this;
    ++position_;
    return before;
  }
  /// By position.
  bool operator==(const LockedIterator& other) const noexcept {
    return position_ == other.position_;
  }

 private:
  T* position_ = nullptr;
  L* lock_ = nullptr;
};

}  // namespace progeny::multiprocessing::detail
