#pragma once

// An array that several processes see: Python's `multiprocessing.Array` and `RawArray`.

#include <progeny/detail/ranges.hpp>
#include <progeny/multiprocessing/detail/locked_iterator.hpp>
#include <progeny/multiprocessing/sharedctypes/raw_array.hpp>
#include <progeny/multiprocessing/sharedctypes/slice.hpp>
#include <progeny/multiprocessing/sharedctypes/value.hpp>

#include <cstddef>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::sharedctypes {

/// An array in shared memory with a lock. Each reading and each writing through it takes the lock,
/// and a slice takes it once; for what takes several of them, hold it:
/// `const std::scoped_lock guard(array);`. Who holds it may work on `get_obj()`.
///
/// All else as `RawArray`.
/// - Python: `multiprocessing.Array`. Differs: `a[i] += 1` lets nobody in between reading and
///   writing.
/// - Throws: every access: as the lock, which is `OwnerDied` if the last process that held it died
///   meanwhile. The lock is free then, and the next access works.
/// - Threads: safe.
template <detail::SharedType T, detail::SharedLock L = RLock>
class Array : public detail::Synchronized<RawArray<T>, L> {
  using Base = detail::Synchronized<RawArray<T>, L>;

 public:
  /// What an element is.
  using value_type = T;
  /// Goes over the elements and takes the lock for each.
  using iterator = detail::LockedIterator<T, L>;

  /// `size` elements, zero in all their bytes, with a lock of its own or the one given:
  /// `Array<int> a(10, {.lock = lock})`.
  /// - Throws: as `RawArray`.
  explicit Array(std::ptrdiff_t size, const LockOptions<L>& options = {})
      : Array(RawArray<T>(size), options) {}
  /// A copy of `values`.
  template <detail::ElementsFor<T> Range>
  explicit Array(const Range& values, const LockOptions<L>& options = {})
      : Array(RawArray<T>(values), options) {}
  /// A copy of `values`: `Array<int>{1, 2, 3}`.
  Array(std::initializer_list<T> values, const LockOptions<L>& options = {})
      : Array(RawArray<T>(values), options) {}
  /// The characters of `text`, without a NUL.
  explicit Array(std::basic_string_view<T> text, const LockOptions<L>& options = {})
    requires detail::TextElement<T>
      : Array(RawArray<T>(text), options) {}
  /// The same array, to be used under a lock from here on. Python: `synchronized`.
  explicit Array(RawArray<T> object, const LockOptions<L>& options = {})
      : Base(std::move(object), options.lock ? *options.lock : detail::own_lock<L>()) {}

  /// How many elements there are. Takes no lock.
  [[nodiscard]] std::size_t size() const noexcept { return this->get_obj().size(); }
  /// Whether there are none.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// Where they lie in this process. Takes no lock.
  [[nodiscard]] T* data() const noexcept { return this->get_obj().data(); }

  /// What stands for an element: `a[0] = 1`, `a[-1] += 2`, `int n = a[3]`.
  /// - Throws: `std::out_of_range` beyond either end.
  [[nodiscard]] detail::LockedReference<T, L> operator[](std::ptrdiff_t index) const {
    return {this->get_obj()[index], this->get_lock()};
  }
  /// The first.
  [[nodiscard]] iterator begin() const noexcept { return {data(), this->get_lock()}; }
  /// The one after the last.
  [[nodiscard]] iterator end() const noexcept { return {data() + size(), this->get_lock()}; }

  /// As that of `RawArray`.
  [[nodiscard]] auto slice(const Slice& slice = {}) const {
    const std::scoped_lock guard(*this);
    return this->get_obj().slice(slice);
  }
  /// As that of `RawArray`.
  template <detail::ElementsFor<T> Range>
  void set_slice(const Slice& slice, const Range& values) const {
    const std::scoped_lock guard(*this);
    this->get_obj().set_slice(slice, values);
  }
  /// As that of `RawArray`.
  void set_slice(const Slice& slice, std::initializer_list<T> values) const {
    const std::scoped_lock guard(*this);
    this->get_obj().set_slice(slice, values);
  }

  /// As that of `RawArray`.
  [[nodiscard]] std::basic_string<T> value() const
    requires detail::TextElement<T>
  {
    const std::scoped_lock guard(*this);
    return this->get_obj().value();
  }
  /// As that of `RawArray`.
  void set_value(std::basic_string_view<T> text) const
    requires detail::TextElement<T>
  {
    const std::scoped_lock guard(*this);
    this->get_obj().set_value(text);
  }
  /// As that of `RawArray`.
  [[nodiscard]] std::string raw() const
    requires std::same_as<T, char>
  {
    const std::scoped_lock guard(*this);
    return this->get_obj().raw();
  }
  /// As that of `RawArray`.
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

/// The same, read under the lock. Python refuses that.
template <class T, class L>
[[nodiscard]] RawArray<T> copy(const Array<T, L>& array) {
  const std::scoped_lock guard(array);
  return copy(array.get_obj());
}

/// The same array, to be used under a new lock from here on.
template <class T>
[[nodiscard]] Array<T> synchronized(const RawArray<T>& array) {
  return Array<T>(array);
}
/// The same with a lock that there is.
template <class T, detail::SharedLock L>
[[nodiscard]] Array<T, L> synchronized(const RawArray<T>& array, const L& lock) {
  return Array<T, L>(array, {.lock = lock});
}

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing {

using sharedctypes::Array;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same array with the same lock.
template <class T, class L>
  requires Transferable<L>
struct Codec<multiprocessing::Array<T, L>> {
  /// That of the array and the lock.
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
