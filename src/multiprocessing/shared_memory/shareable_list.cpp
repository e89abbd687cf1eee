// The memory layout is CPython's (Lib/multiprocessing/shared_memory.py):
//
//   bytes    content
//   8        the number of items, N
//   8 (N+1)  for each item the offset of its room from the first room, then the end of the last
//            (Python 3.8 instead: 8 N bytes, the size of each room)
//   ...      the rooms, each a multiple of 8 bytes
//   8 N      for each item its format in the notation of Python's `struct`, padded with NULs
//   N        for each item a code for its type: 1 text, 2 bytes, 3 None, 0 what the format says
//
// The two versions are told apart by the first word after N: the first offset is 0, while no room
// has size 0. An item is written in several steps without a lock, as in Python.

#include <progeny/multiprocessing/shared_memory/shareable_list.hpp>

#include "base/repr.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_value.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace progeny::multiprocessing::shared_memory {

namespace {

constexpr std::size_t word = 8;
constexpr std::string_view format_of_integer = "q";
constexpr std::string_view format_of_number = "d";
constexpr std::string_view format_of_truth = "xxxxxxx?";
constexpr std::string_view format_of_none = "xxxxxx?x";
constexpr char code_of_text = 1;
constexpr char code_of_bytes = 2;
constexpr char code_of_none = 3;
// A format has eight characters and ends with `s`, which leaves seven digits; six after a 0.
constexpr std::size_t largest_room = 9'999'999;
constexpr std::size_t largest_exact = 999'999;

/// A value in the form in which memory holds it.
struct Stored {
  std::string format = {};  ///< Empty for text and bytes, whose format depends on the room.
  char code = 0;
  std::string data = {};
};

template <class T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string truth(bool value) {
  std::string data(word, '\0');
  data.back() = value ? '\1' : '\0';
  return data;
}

struct Store {
  Stored operator()(std::nullptr_t) const {
    return {.format = std::string(format_of_none), .code = code_of_none, .data = truth(false)};
  }
  Stored operator()(bool value) const {
    return {.format = std::string(format_of_truth), .data = truth(value)};
  }
  Stored operator()(std::int64_t value) const {
    return {.format = std::string(format_of_integer), .data = bytes_of(value)};
  }
  Stored operator()(double value) const {
    return {.format = std::string(format_of_number), .data = bytes_of(value)};
  }
  Stored operator()(const std::string& value) const {
    return {.code = code_of_text, .data = value};
  }
  Stored operator()(const ShareableValue::Bytes& value) const {
    return {.code = code_of_bytes,
            .data = {reinterpret_cast<const char*>(value.data()), value.size()}};
  }
};

Stored stored(const ShareableValue& value) {
  return std::visit(Store{}, value.variant());
}

// The room of a new item. As in Python, text and bytes leave at least one byte free.
std::size_t room_for(const Stored& value) {
  return value.format.empty() ? word * (value.data.size() / word + 1) : word;
}

// Python writes the room's size as the length, and strips NULs at the end when reading. To keep
// such NULs, this function writes the exact length with a leading 0, which Python's `struct`
// ignores.
std::string format_of_bytes(std::string_view data, std::size_t room) {
  if (data.empty() || data.back() != '\0') {
    return fmt::format("{}s", room);
  }
  if (data.size() > largest_exact) {
    throw ValueError("text or bytes of 1 MB or more in a ShareableList cannot end with NUL");
  }
  return fmt::format("0{}s", data.size());
}

/// The text or bytes in a room, of the length that the format says. The format may be of another
/// process, so it is checked.
std::string_view described(std::string_view room, std::string_view format) {
  std::size_t size = 0;
  const char* const begin = format.data();
  const char* const end = begin + format.size() - 1;
  const auto result = std::from_chars(begin, end, size);
  if (result.ec != std::errc{} || result.ptr != end || size > room.size()) {
    throw ValueError(
        fmt::format("an item of a ShareableList has the impossible format '{}'", format));
  }
  room = room.substr(0, size);
  return format.front() == '0' ? room : room.substr(0, room.find_last_not_of('\0') + 1);
}

ShareableValue::Bytes as_bytes(std::string_view data) {
  const auto bytes = std::as_bytes(std::span(data));
  return {bytes.begin(), bytes.end()};
}

template <class T>
T value_in(std::string_view room) {
  T value{};
  room.copy(reinterpret_cast<char*>(&value), sizeof value);
  return value;
}

std::size_t size_of(const std::vector<Stored>& items) {
  std::size_t size = word * (items.size() + 2);
  for (const Stored& item : items) {
    if (room_for(item) > largest_room) {
      throw ValueError(fmt::format("text or bytes of {} bytes are too long for a ShareableList",
                                   item.data.size()));
    }
    size += room_for(item) + word + 1;
  }
  return size;
}

std::vector<Stored> all_stored(const std::vector<ShareableValue>& values) {
  std::vector<Stored> items;
  items.reserve(values.size());
  std::ranges::transform(values, std::back_inserter(items), stored);
  return items;
}

SharedMemory new_memory(const std::vector<Stored>& items, const ShareableListOptions& options) {
  return SharedMemory({.name = options.name,
                       .create = true,
                       .size = static_cast<std::ptrdiff_t>(size_of(items)),
                       .track = options.track});
}

void put_word(std::span<std::byte> memory, std::size_t index, std::size_t value) {
  const std::uint64_t number = value;
  std::memcpy(memory.data() + index * word, &number, word);
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

ShareableList::ShareableList(const std::vector<ShareableValue>& items,
                             const ShareableListOptions& options)
    : ShareableList(new_memory(all_stored(items), options), items) {}

ShareableList::ShareableList(SharedMemory memory, const std::vector<ShareableValue>& items)
    : memory_(std::move(memory)) {
  const auto bytes = memory_.buf();
  const std::size_t first = word * (items.size() + 2);
  put_word(bytes, 0, items.size());
  offsets_.push_back(first);
  for (const ShareableValue& item : items) {
    offsets_.push_back(offsets_.back() + room_for(stored(item)));
    put_word(bytes, offsets_.size(), offsets_.back() - first);
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    set(static_cast<std::ptrdiff_t>(i), items[i]);
  }
}

ShareableList::ShareableList(std::string_view name) : ShareableList(SharedMemory(name)) {}

ShareableList::ShareableList(SharedMemory memory) : memory_(std::move(memory)) {
  const auto bytes = text_of(memory_.buf());
  const auto refuse = [&] {
    throw ValueError(fmt::format("shared memory '{}' holds no ShareableList", memory_.name()));
  };
  const auto number = [&](std::size_t index) {
    return value_in<std::uint64_t>(bytes.substr(index * word));
  };
  if (bytes.size() < word) {
    refuse();
  }
  const auto count = number(0);
  // An item has an offset, a room and a format, each of a word at least. Checked first, so that the
  // products below do not overflow.
  if (count > bytes.size() / (3 * word)) {
    refuse();
  }
  const bool by_sizes = count != 0 && number(1) != 0;
  offsets_.push_back(word * (count + (by_sizes || count == 0 ? 1 : 2)));
  for (std::size_t i = 1; i <= count; ++i) {
    const auto next = by_sizes ? number(i) : number(i + 1) - number(i);
    if (next < word || next > bytes.size() - offsets_.back()) {
      refuse();
    }
    offsets_.push_back(offsets_.back() + next);
  }
  if (bytes.size() - offsets_.back() < count * (word + 1)) {
    refuse();
  }
}

std::size_t ShareableList::checked(std::ptrdiff_t index) const {
  const auto count = static_cast<std::ptrdiff_t>(size());
  if (index >= count || index < -count) {
    throw std::out_of_range(
        fmt::format("index {} is out of range of a list of {} items", index, count));
  }
  return static_cast<std::size_t>(index < 0 ? index + count : index);
}

std::span<std::byte> ShareableList::room_of(std::size_t index) const {
  return memory_.buf().subspan(offsets_[index], offsets_[index + 1] - offsets_[index]);
}

std::span<std::byte> ShareableList::format_field(std::size_t index) const {
  return memory_.buf().subspan(offsets_.back() + index * word, word);
}

std::byte& ShareableList::code_field(std::size_t index) const {
  return memory_.buf()[offsets_.back() + size() * word + index];
}

ShareableValue ShareableList::at(std::ptrdiff_t position) const {
  const std::size_t index = checked(position);
  const auto field = std::string(text_of(format_field(index)));
  const auto format = std::string_view(field).substr(0, field.find('\0'));
  const auto room = text_of(room_of(index));
  if (format == format_of_integer) {
    return value_in<std::int64_t>(room);
  }
  if (format == format_of_number) {
    return value_in<double>(room);
  }
  if (format == format_of_truth) {
    return room[word - 1] != '\0';
  }
  if (format == format_of_none) {
    return nullptr;
  }
  if (!format.ends_with('s')) {
    throw ValueError(fmt::format("an item of a ShareableList has the unknown format '{}'", format));
  }
  const auto data = described(room, format);
  if (code_field(index) == std::byte{code_of_bytes}) {
    return as_bytes(data);
  }
  return std::string(data);
}

void ShareableList::set(std::ptrdiff_t position, const ShareableValue& value) {
  const std::size_t index = checked(position);
  const auto item = stored(value);
  const auto room = room_of(index);
  if (item.data.size() > room.size()) {
    throw ValueError(fmt::format(
        "an item of {} bytes exceeds the {} bytes of its storage", item.data.size(), room.size()));
  }
  // All that can fail has failed by now, or does here; from then on the item changes.
  auto format = item.format.empty() ? format_of_bytes(item.data, room.size()) : item.format;
  format.resize(word);
  std::ranges::fill(room, std::byte{0});
  std::memcpy(room.data(), item.data.data(), item.data.size());
  std::memcpy(format_field(index).data(), format.data(), word);
  code_field(index) = std::byte(item.code);
}

std::ptrdiff_t ShareableList::count(const ShareableValue& value) const {
  return std::count(begin(), end(), value);
}

std::ptrdiff_t ShareableList::index(const ShareableValue& value) const {
  std::ptrdiff_t position = 0;
  for (const ShareableValue& item : *this) {
    if (item == value) {
      return position;
    }
    ++position;
  }
  throw ValueError("the value is not in this ShareableList");
}

std::string ShareableList::format() const {
  std::string all;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto field = text_of(format_field(i));
    all += field.substr(0, field.find('\0'));
  }
  return all;
}

std::ostream& operator<<(std::ostream& out, const ShareableList& list) {
  const char* between = "";
  out << "ShareableList([";
  for (const ShareableValue& item : list) {
    out << between << item;
    between = ", ";
  }
  return out << "], name=" << progeny::detail::repr_text(list.shm().name()) << ')';
}

}  // namespace progeny::multiprocessing::shared_memory

namespace progeny::serial {

using multiprocessing::shared_memory::ShareableList;
using multiprocessing::shared_memory::SharedMemory;

void Codec<ShareableList>::save(Writer& writer, const ShareableList& value) {
  Codec<SharedMemory>::save(writer, value.shm());
}

ShareableList Codec<ShareableList>::load(Reader& reader) {
  return ShareableList(Codec<SharedMemory>::load(reader));
}

}  // namespace progeny::serial
