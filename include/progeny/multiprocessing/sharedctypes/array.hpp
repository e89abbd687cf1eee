#pragma once

// An array that several processes share, with a lock: Python's `multiprocessing.Array`. For one
// without a lock see <progeny/multiprocessing/sharedctypes/raw_array.hpp>.

#include <progeny/detail/ranges.hpp>
#include <progeny/multiprocessing/detail/locked_iterator.hpp>
#include <progeny/multiprocessing/detail/locked_reference.hpp>
#include <progeny/multiprocessing/detail/shared_type.hpp>
#include <progeny/multiprocessing/sharedctypes/raw_array.hpp>
#include <progeny/multiprocessing/sharedctypes/slice.hpp>
#include <progeny/multiprocessing/sharedctypes/value.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/serial.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::sharedctypes {

/// An array in shared memory with a lock. Each access takes the lock; a slice takes it once. To
/// make several accesses atomic, hold the lock: `const std::scoped_lock guard(array);`. The holder
/// may use `get_obj()` without locking.
///
/// A loop over elements that lock one by one is some thousand times slower than one over plain
/// memory. So lock once, and go over the `RawArray` or its span:
///
///     const std::scoped_lock guard(array);
///     for (double& x : array.get_obj()) { x *= 2; }
///
/// `array[i]` and `*array.begin()` are references that lock, no numbers: see `Value::operator*`.
/// Algorithms work with them: `std::sort(array.begin(), array.end())` takes the lock for each
/// access.
///
/// Everything else is as for `RawArray`.
///
/// - Python: `multiprocessing.Array`. Differs: `a[i] += 1` is one atomic step.
/// - Throws: every access throws what the lock throws: `OwnerDied` if the last owner died holding
///   it. The lock is then free, and the next access works.
/// - Blocks: every access, until the lock is free.
/// - Threads: safe.
/// - Platforms: Linux.
/// - Example: examples/multiprocessing/value_array.cpp
template <detail::SharedType T, detail::SharedLock L = RLock>
class Array : public detail::Synchronized<RawArray<T>, L> {
  using Base = detail::Synchronized<RawArray<T>, L>;

 public:
  /// The type of an element.
  using value_type = T;
  /// Visits the elements in any order and takes the lock for each.
  using iterator = detail::LockedIterator<T, L>;

  /// Makes an array of `size` elements whose bytes are all zero. It uses the given lock or makes
  /// one: `Array<int> a(10, {.lock = lock})`.
  /// - Throws: as `RawArray`.
  explicit Array(std::ptrdiff_t size, const LockOptions<L>& options = {})
      : Array(RawArray<T>(size), options) {}
  /// Makes an array with a copy of `values`.
  template <detail::ElementsFor<T> Range>
  explicit Array(const Range& values, const LockOptions<L>& options = {})
      : Array(RawArray<T>(values), options) {}
  /// Makes an array with a copy of `values`: `Array<int>{1, 2, 3}`.
  Array(std::initializer_list<T> values, const LockOptions<L>& options = {})
      : Array(RawArray<T>(values), options) {}
  /// Makes an array of the characters of `text`, without a NUL at the end.
  explicit Array(std::basic_string_view<T> text, const LockOptions<L>& options = {})
    requires detail::TextElement<T>
      : Array(RawArray<T>(text), options) {}
  /// Wraps an existing array with a lock.
  /// - Python: `sharedctypes.synchronized`.
  explicit Array(RawArray<T> object, const LockOptions<L>& options = {})
      : Base(std::move(object), options.lock ? *options.lock : L()) {}

  /// The number of elements. Takes no lock.
  [[nodiscard]] std::size_t size() const noexcept { return this->get_obj().size(); }
  /// Whether there is no element. Takes no lock.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The address of the elements in this process. Takes no lock.
  [[nodiscard]] T* data() const noexcept { return this->get_obj().data(); }

  /// A reference to one element that locks at each use: `a[0] = 1`, `a[-1] += 2`, `int n = a[3]`.
  /// Negative indices count from the end.
  /// - Throws: `std::out_of_range` if `index` lies beyond either end.
  [[nodiscard]] detail::LockedReference<T, L> operator[](std::ptrdiff_t index) const {
    return {this->get_obj()[index], this->get_lock()};
  }
  /// Points to the first element. Takes no lock.
  [[nodiscard]] iterator begin() const noexcept { return {data(), this->get_lock()}; }
  /// Points past the last element. Takes no lock.
  [[nodiscard]] iterator end() const noexcept { return {data() + size(), this->get_lock()}; }

  /// As `RawArray::slice`, under the lock.
  [[nodiscard]] auto slice(const Slice& slice = {}) const {
    const std::scoped_lock guard(*this);
    return this->get_obj().slice(slice);
  }
  /// As `RawArray::set_slice`, under the lock.
  template <detail::ElementsFor<T> Range>
  void set_slice(const Slice& slice, const Range& values) const {
    const std::scoped_lock guard(*this);
    this->get_obj().set_slice(slice, values);
  }
  /// As `RawArray::set_slice`, under the lock.
  void set_slice(const Slice& slice, std::initializer_list<T> values) const {
    const std::scoped_lock guard(*this);
    this->get_obj().set_slice(slice, values);
  }

  /// As `RawArray::value`, under the lock.
  [[nodiscard]] std::basic_string<T> value() const
    requires detail::TextElement<T>
  {
    const std::scoped_lock guard(*this);
    return this->get_obj().value();
  }
  /// As `RawArray::set_value`, under the lock.
  void set_value(std::basic_string_view<T> text) const
    requires detail::TextElement<T>
  {
    const std::scoped_lock guard(*this);
    this->get_obj().set_value(text);
  }
  /// As `RawArray::raw`, under the lock.
  [[nodiscard]] std::string raw() const
    requires std::same_as<T, char>
  {
    const std::scoped_lock guard(*this);
    return this->get_obj().raw();
  }
  /// As `RawArray::set_raw`, under the lock.
  void set_raw(std::string_view bytes) const
    requires std::same_as<T, char>
  {
    const std::scoped_lock guard(*this);
    this->get_obj().set_raw(bytes);
  }
};

template <std::ranges::forward_range Range>
explicit Array(const Range&) -> Array<std::ranges::range_value_t<Range>>;
template <std::ranges::forward_range Range, class L>
explicit Array(const Range&, const LockOptions<L>&) -> Array<std::ranges::range_value_t<Range>, L>;

/// Makes an independent array with the same content, read under the lock.
/// - Python: `sharedctypes.copy`. Differs: Python cannot copy a synchronized array.
template <class T, class L>
[[nodiscard]] RawArray<T> copy(const Array<T, L>& array) {
  const std::scoped_lock guard(array);
  return copy(array.get_obj());
}

/// Wraps an existing array with a new lock.
/// - Python: `sharedctypes.synchronized(obj)`.
template <class T>
[[nodiscard]] Array<T> synchronized(const RawArray<T>& array) {
  return Array<T>(array);
}
/// Wraps an existing array with `lock`.
/// - Python: `sharedctypes.synchronized(obj, lock)`.
template <class T, detail::SharedLock L>
[[nodiscard]] Array<T, L> synchronized(const RawArray<T>& array, const L& lock) {
  return Array<T, L>(array, {.lock = lock});
}

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing {

using sharedctypes::Array;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// An array travels as a reference: sender and receiver share its memory and its lock.
template <class T, class L>
  requires Transferable<L>
struct Codec<multiprocessing::Array<T, L>> {
  /// The size of the array's reference and the lock's.
  static constexpr std::size_t min_size =
      Codec<multiprocessing::RawArray<T>>::min_size + detail::min_size<L>;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Array<T, L>& value) {
    writer.write(value.get_obj());
    writer.write(value.get_lock());
  }
  /// Reads it.
  static multiprocessing::Array<T, L> load(Reader& reader) {
    auto object = reader.read<multiprocessing::RawArray<T>>();
    return multiprocessing::Array<T, L>(std::move(object), {.lock = reader.read<L>()});
  }
};

}  // namespace progeny::serial
