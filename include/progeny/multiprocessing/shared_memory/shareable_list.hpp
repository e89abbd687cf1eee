#pragma once

// Lists in shared memory: Python's `multiprocessing.shared_memory.ShareableList`. Part of what
// <progeny/multiprocessing/shared_memory/shared_memory.hpp> is about.

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

/// Keyword arguments of a new `ShareableList`, as of `SharedMemory`.
struct ShareableListOptions {
  /// What its memory is called. Default: a new name.
  std::optional<std::string> name = {};
  /// Whether the name is removed when the processes of the family have ended.
  bool track = true;
};

/// A list of fixed length in shared memory. Items may change their value and their type; text and
/// bytes have room for as many bytes as they had at first, rounded up to the next multiple of 8
/// that is more.
///
/// The memory is laid out as CPython's: Python 3.9 and later read and write our lists, and we
/// theirs, and those of 3.8. NULs at the end of text or bytes are kept, but Python does not see
/// them.
///
/// - Python: `ShareableList`. Differs: see above; an index below `-size()` is an error; room is
///   counted in bytes.
/// - Throws: what reads or writes items throws `ValueError` if the memory holds no such list (any
///   more), or was closed.
/// - Threads: as with a container; between processes, too, who writes must be alone.
/// - Example: examples/multiprocessing/shared_memory.cpp
class PROGENY_EXPORT ShareableList {
 public:
  class Item;
  class Iterator;

  /// A new list of these items. Throws as `SharedMemory`, and `ValueError` for text or bytes of
  /// 10 MB and more.
  ShareableList(std::initializer_list<ShareableValue> items,
                const ShareableListOptions& options = {})
      : ShareableList(std::vector<ShareableValue>(items), options) {}
  /// A new list of the items of a range, such as another list.
  template <std::ranges::input_range Range>
    requires(std::convertible_to<std::ranges::range_reference_t<const Range&>, ShareableValue> &&
             !std::convertible_to<const Range&, std::string_view>)
  explicit ShareableList(const Range& items, const ShareableListOptions& options = {})
      : ShareableList(
            std::vector<ShareableValue>(std::ranges::begin(items), std::ranges::end(items)),
            options) {}
  /// A new list of these items.
  explicit ShareableList(const std::vector<ShareableValue>& items,
                         const ShareableListOptions& options = {});
  /// Attaches to the list in the memory of this name. Throws as `SharedMemory`, and `ValueError` if
  /// it holds no list.
  explicit ShareableList(std::string_view name);
  /// Takes over memory that holds a list. Throws `ValueError` if it holds none.
  explicit ShareableList(SharedMemory memory);

  /// How many items. Python: `len`.
  [[nodiscard]] std::size_t size() const noexcept { return offsets_.size() - 1; }
  /// Whether there are none.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// An item; -1 is the last one. Throws `std::out_of_range`.
  [[nodiscard]] ShareableValue at(std::ptrdiff_t position) const;
  /// Gives an item another value. Throws `std::out_of_range`, and `ValueError` if there is not
  /// enough room; then nothing has changed.
  void set(std::ptrdiff_t position, const ShareableValue& value);
  /// An item, to be read.
  [[nodiscard]] ShareableValue operator[](std::ptrdiff_t index) const { return at(index); }
  /// An item, to be read or assigned to.
  [[nodiscard]] Item operator[](std::ptrdiff_t index);

  /// The first item. Items are read when an iterator is dereferenced.
  [[nodiscard]] Iterator begin() const noexcept;
  /// Behind the last item.
  [[nodiscard]] Iterator end() const noexcept;

  /// How many items are equal to `value`.
  [[nodiscard]] std::ptrdiff_t count(const ShareableValue& value) const;
  /// The first index of `value`. Throws `ValueError` if it is not in the list.
  [[nodiscard]] std::ptrdiff_t index(const ShareableValue& value) const;
  /// The items' formats, as of Python's `struct`.
  [[nodiscard]] std::string format() const;

  /// The memory. Python: the attribute `shm`.
  [[nodiscard]] SharedMemory& shm() noexcept { return memory_; }
  /// The memory. Python: the attribute `shm`.
  [[nodiscard]] const SharedMemory& shm() const noexcept { return memory_; }

 private:
  ShareableList(SharedMemory memory, const std::vector<ShareableValue>& items);
  [[nodiscard]] std::size_t checked(std::ptrdiff_t index) const;
  [[nodiscard]] std::span<std::byte> room_of(std::size_t index) const;
  [[nodiscard]] std::span<std::byte> format_field(std::size_t index) const;
  [[nodiscard]] std::byte& code_field(std::size_t index) const;

  SharedMemory memory_;
  std::vector<std::size_t> offsets_;  // Of the items' rooms in the memory, and of their end.
};

/// An item that can be assigned to.
class ShareableList::Item {
 public:
  /// Stands for the item `index` of `list`.
  Item(ShareableList& list, std::ptrdiff_t index) noexcept : list_(list), index_(index) {}
  /// The item's value.
  // NOLINTNEXTLINE(google-explicit-constructor): as if it were the value.
  operator ShareableValue() const { return std::as_const(list_).at(index_); }
  /// As `set`.
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

/// Goes from item to item.
class ShareableList::Iterator {
 public:
  /// Each item once.
  // NOLINTNEXTLINE(readability-identifier-naming): a name of the standard library.
  using iterator_concept = std::input_iterator_tag;
  /// What an item is.
  using value_type = ShareableValue;
  /// Between two items.
  using difference_type = std::ptrdiff_t;

  /// At no item.
  Iterator() noexcept = default;
  /// At the item `index` of `list`.
  Iterator(const ShareableList& list, std::ptrdiff_t index) noexcept
      : list_(&list), index_(index) {}
  /// Reads the item.
  ShareableValue operator*() const { return list_->at(index_); }
  /// To the next item.
  Iterator& operator++() noexcept {
    ++index_;
    return *this;
  }
  /// To the next item.
  Iterator operator++(int) noexcept { return {*list_, index_++}; }
  /// Whether both are at the same item.
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

/// Prints `ShareableList([1, 'two'], name='psm_3f0c8a51')`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const ShareableList& list);

}  // namespace progeny::multiprocessing::shared_memory

namespace progeny::serial {

/// Travels as its name: the receiver attaches. Reading throws `OSError` if the list is not there
/// any more.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::shared_memory::ShareableList> {
  /// Writes the name.
  static void save(Writer& writer, const multiprocessing::shared_memory::ShareableList& value);
  /// Attaches.
  static multiprocessing::shared_memory::ShareableList load(Reader& reader);
  /// The count of a name.
  static constexpr std::size_t min_size = 1;
};

}  // namespace progeny::serial
