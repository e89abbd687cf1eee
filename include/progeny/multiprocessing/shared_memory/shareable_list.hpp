#pragma once

// Lists in shared memory with a name: Python's `multiprocessing.shared_memory.ShareableList`. For
// the memory itself see <progeny/multiprocessing/shared_memory/shared_memory.hpp>.

#include <progeny/detail/ranges.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_value.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>
#include <progeny/serial/codec.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::shared_memory {

/// Keyword arguments of a new `ShareableList`. They mean the same as those of `SharedMemory`.
struct ShareableListOptions {
  /// The name of its memory. Default: a new name.
  std::optional<std::string> name = {};
  /// Remove the name once this process and all related processes have ended. Default: true.
  bool track = true;
};

/// A list of fixed length in shared memory. An item may change its value and its type.
///
/// The room for an item is fixed when the list is made: 8 bytes for numbers, `bool` and `None`; for
/// text and bytes their first length, rounded up to the next larger multiple of 8. So text of 8
/// bytes gets room for 16.
///
/// The memory layout is CPython's. Python 3.9 and later read and write these lists, and this class
/// reads and writes theirs and those of 3.8. NULs at the end of text or bytes are preserved, but
/// Python does not see them.
///
/// - Python: `ShareableList`. Differs: NULs at the end are preserved; an index below `-size()` is
///   an error; room is counted in bytes.
/// - Throws: every access to items throws `ValueError` if the memory was closed or its content is
///   no valid list.
/// - Threads: as with a container, also across processes: a writer must have exclusive access.
/// - Platforms: Linux.
/// - Example: examples/multiprocessing/shared_memory.cpp
class PROGENY_EXPORT ShareableList {
 public:
  class Item;
  class Iterator;

  /// Makes a new list of these items.
  /// - Throws: as `SharedMemory`; `ValueError` for text or bytes of 10 MB or more.
  ShareableList(std::initializer_list<ShareableValue> items,
                const ShareableListOptions& options = {})
      : ShareableList(std::vector<ShareableValue>(items), options) {}
  /// Makes a new list of the items of a range, such as another list.
  /// - Throws: as the constructor above.
  template <std::ranges::input_range Range>
    requires(std::convertible_to<std::ranges::range_reference_t<const Range&>, ShareableValue> &&
             !std::convertible_to<const Range&, std::string_view>)
  explicit ShareableList(const Range& items, const ShareableListOptions& options = {})
      : ShareableList(
            std::vector<ShareableValue>(std::ranges::begin(items), std::ranges::end(items)),
            options) {}
  /// Makes a new list of these items.
  /// - Throws: as the constructors above.
  explicit ShareableList(const std::vector<ShareableValue>& items,
                         const ShareableListOptions& options = {});
  /// Attaches to the list in the memory of this name.
  /// - Throws: as `SharedMemory`; `ValueError` if the memory holds no list.
  explicit ShareableList(std::string_view name);
  /// Takes over memory that holds a list.
  /// - Throws: `ValueError` if the memory holds no list.
  explicit ShareableList(SharedMemory memory);

  /// The number of items.
  /// - Python: `len`.
  [[nodiscard]] std::size_t size() const noexcept { return offsets_.size() - 1; }
  /// Whether there is no item.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Reads an item. Negative positions count from the end: -1 is the last item.
  /// - Throws: `std::out_of_range` if there is no such item; `ValueError` as said above.
  [[nodiscard]] ShareableValue at(std::ptrdiff_t position) const;
  /// Gives an item a new value.
  /// - Throws: `std::out_of_range` if there is no such item. `ValueError` if the item's room is too
  ///   small; the item is then unchanged.
  void set(std::ptrdiff_t position, const ShareableValue& value);
  /// Reads an item.
  /// - Throws: as `at`.
  [[nodiscard]] ShareableValue operator[](std::ptrdiff_t index) const { return at(index); }
  /// A reference to an item, for reading and for assignment.
  [[nodiscard]] Item operator[](std::ptrdiff_t index);

  /// Points to the first item. Dereferencing an iterator reads the item.
  [[nodiscard]] Iterator begin() const noexcept;
  /// Points past the last item.
  [[nodiscard]] Iterator end() const noexcept;

  /// The number of items equal to `value`.
  /// - Python: `count`.
  [[nodiscard]] std::ptrdiff_t count(const ShareableValue& value) const;
  /// The first index of `value`.
  /// - Python: `index`.
  /// - Throws: `ValueError` if no item equals `value`.
  [[nodiscard]] std::ptrdiff_t index(const ShareableValue& value) const;
  /// The formats of all items, in the notation of Python's `struct`.
  /// - Python: the attribute `format`.
  [[nodiscard]] std::string format() const;

  /// The list's memory.
  /// - Python: the attribute `shm`.
  [[nodiscard]] SharedMemory& shm() noexcept { return memory_; }
  /// The list's memory.
  /// - Python: the attribute `shm`.
  [[nodiscard]] const SharedMemory& shm() const noexcept { return memory_; }

 private:
  ShareableList(SharedMemory memory, const std::vector<ShareableValue>& items);
  [[nodiscard]] std::size_t checked(std::ptrdiff_t index) const;
  [[nodiscard]] std::span<std::byte> room_of(std::size_t index) const;
  [[nodiscard]] std::span<std::byte> format_field(std::size_t index) const;
  [[nodiscard]] std::byte& code_field(std::size_t index) const;

  SharedMemory memory_;
  std::vector<std::size_t> offsets_;  // Where each item's room begins, and where the last ends.
};

/// A reference to an item, for reading and for assignment.
class ShareableList::Item {
 public:
  /// Refers to the item `index` of `list`.
  Item(ShareableList& list, std::ptrdiff_t index) noexcept : list_(list), index_(index) {}
  /// Reads the item.
  // NOLINTNEXTLINE(google-explicit-constructor): the reference is used like the value.
  operator ShareableValue() const { return std::as_const(list_).at(index_); }
  /// Calls `set`.
  Item& operator=(const ShareableValue& value) {
    list_.set(index_, value);
    return *this;
  }
  /// The value as one of the types of `ShareableValue::Variant`.
  template <class T>
  [[nodiscard]] T get() const {
    return ShareableValue(*this).get<T>();
  }

 private:
  ShareableList& list_;
  std::ptrdiff_t index_;
};

/// Visits the items in order.
class ShareableList::Iterator {
 public:
  /// An input iterator, because dereferencing returns a copy.
  // NOLINTNEXTLINE(readability-identifier-naming): a name of the standard library.
  using iterator_concept = std::input_iterator_tag;
  /// The type of an item.
  using value_type = ShareableValue;
  /// The distance between two items.
  using difference_type = std::ptrdiff_t;

  /// Points to no item.
  Iterator() noexcept = default;
  /// Points to the item `index` of `list`.
  Iterator(const ShareableList& list, std::ptrdiff_t index) noexcept
      : list_(&list), index_(index) {}
  /// Reads the item.
  ShareableValue operator*() const { return list_->at(index_); }
  /// Advances to the next item.
  Iterator& operator++() noexcept {
    ++index_;
    return *this;
  }
  /// Advances to the next item and returns the old iterator.
  Iterator operator++(int) noexcept { return {*list_, index_++}; }
  /// Whether both point to the same item.
  bool operator==(const Iterator&) const noexcept = default;

 private:
  const ShareableList* list_ = nullptr;
  std::ptrdiff_t index_ = 0;
};

inline ShareableList::Item ShareableList::operator[](std::ptrdiff_t index) {
  return {*this, index};
}
inline ShareableList::Iterator ShareableList::begin() const noexcept {
  return {*this, 0};
}
inline ShareableList::Iterator ShareableList::end() const noexcept {
  return {*this, static_cast<std::ptrdiff_t>(size())};
}

/// Writes Python's `repr`: `ShareableList([1, 'two'], name='psm_3f0c8a51')`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const ShareableList& list);

}  // namespace progeny::multiprocessing::shared_memory

namespace progeny::serial {

/// A list travels as the name of its memory, and the receiver attaches to it.
/// - Throws: `OSError` on loading if the name no longer exists.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::shared_memory::ShareableList> {
  /// Writes the name.
  static void save(Writer& writer, const multiprocessing::shared_memory::ShareableList& value);
  /// Attaches.
  static multiprocessing::shared_memory::ShareableList load(Reader& reader);
  /// The length of the name.
  static constexpr std::size_t min_size = 1;
};

}  // namespace progeny::serial
