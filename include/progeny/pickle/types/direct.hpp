#pragma once

// Pickles of plain types, written and read without values in between. They name no class and share
// no parts, so nothing has to be kept. What is read is tried only: anything unusual is left to
// `loads`.

#include <progeny/base/bytes.hpp>
#include <progeny/export.hpp>
#include <progeny/pickle/pickle.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace progeny::pickle::detail {

class Output;

/// Writes one value. For protocols from 3 on.
class PROGENY_EXPORT DirectWriter {
 public:
  /// Python's, so that the stack of a reader stays small.
  static constexpr std::size_t items_of_a_batch = 1'000;

  explicit DirectWriter(int protocol);
  DirectWriter(const DirectWriter&) = delete;
  DirectWriter& operator=(const DirectWriter&) = delete;
  ~DirectWriter();

  void boolean(bool value);
  void integer(std::int64_t value);
  void integer(std::uint64_t value);
  void floating(double value);
  /// Throws `ValueError` if it is no UTF-8.
  void text(std::string_view value);
  void bytes(std::span<const std::byte> value);
  /// A whole list.
  void list(std::span<const std::int64_t> items);
  void list(std::span<const double> items);
  void open_list();
  void open_dict();
  /// Before and behind each batch of items.
  void open_batch();
  void close_list_batch();
  void close_dict_batch();
  [[nodiscard]] std::string take() &&;

 private:
  std::unique_ptr<Output> out_;
};

template <class T>
inline constexpr bool is_direct =
    std::same_as<T, bool> || PlainInteger<T> || std::same_as<T, double> || std::same_as<T, float> ||
    std::same_as<T, std::string>;
template <class T, class Allocator>
inline constexpr bool is_direct<std::vector<T, Allocator>> = is_direct<T>;
template <>
inline constexpr bool is_direct<std::vector<std::byte>> = true;

template <class Key>
concept DirectKey = PlainInteger<Key> || std::same_as<Key, std::string>;

template <DirectKey Key, class T, class... Other>
inline constexpr bool is_direct<std::map<Key, T, Other...>> = is_direct<T>;
template <DirectKey Key, class T, class... Other>
inline constexpr bool is_direct<std::unordered_map<Key, T, Other...>> = is_direct<T>;

/// Types whose pickles are written so.
template <class T>
concept Direct = is_direct<T>;

template <Direct T>
void write_direct(DirectWriter& writer, const T& value);

template <class Range, class Write>
void write_batches(DirectWriter& writer, const Range& range, Write write) {
  const bool is_list = requires { range.front(); };
  is_list ? writer.open_list() : writer.open_dict();
  std::size_t count = 0;
  for (const auto& item : range) {
    if (count % DirectWriter::items_of_a_batch == 0) {
      writer.open_batch();
    }
    write(item);
    ++count;
    if (count % DirectWriter::items_of_a_batch == 0 || count == range.size()) {
      is_list ? writer.close_list_batch() : writer.close_dict_batch();
    }
  }
}

template <Direct T>
void write_direct(DirectWriter& writer, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    writer.boolean(value);
  } else if constexpr (std::signed_integral<T>) {
    writer.integer(static_cast<std::int64_t>(value));
  } else if constexpr (std::unsigned_integral<T>) {
    writer.integer(static_cast<std::uint64_t>(value));
  } else if constexpr (std::floating_point<T>) {
    writer.floating(static_cast<double>(value));
  } else if constexpr (std::same_as<T, std::string>) {
    writer.text(value);
  } else if constexpr (requires { value.begin()->second; }) {
    write_batches(writer, value, [&writer](const auto& item) {
      write_direct(writer, item.first);
      write_direct(writer, item.second);
    });
  } else if constexpr (requires { writer.list(value); }) {
    writer.list(value);
  } else if constexpr (std::same_as<typename T::value_type, std::byte>) {
    writer.bytes(value);
  } else {
    write_batches(writer, value, [&writer](const typename T::value_type& item) {
      write_direct(writer, item);
    });
  }
}

/// Each returns false if the pickle is anything but that: whatever is in `value` then is of no use.
[[nodiscard]] PROGENY_EXPORT bool read_direct(BytesView data,
                                              const LoadLimits& limits,
                                              std::vector<std::int64_t>& value);
[[nodiscard]] PROGENY_EXPORT bool read_direct(BytesView data,
                                              const LoadLimits& limits,
                                              std::vector<double>& value);
[[nodiscard]] PROGENY_EXPORT bool read_direct(BytesView data,
                                              const LoadLimits& limits,
                                              std::vector<std::string>& value);
[[nodiscard]] PROGENY_EXPORT bool read_direct(BytesView data,
                                              const LoadLimits& limits,
                                              std::vector<std::byte>& value);

/// Other ints: false also if one does not fit.
template <PlainInteger T>
[[nodiscard]] bool read_direct(BytesView data, const LoadLimits& limits, std::vector<T>& value) {
  std::vector<std::int64_t> wide;
  if (!read_direct(data, limits, wide) ||
      !std::ranges::all_of(wide, [](std::int64_t item) { return std::in_range<T>(item); })) {
    return false;
  }
  value.assign(wide.begin(), wide.end());
  return true;
}

/// Types whose pickles are read so.
template <class T>
concept DirectlyRead = requires(BytesView data, const LoadLimits& limits, T& value) {
  { read_direct(data, limits, value) } -> std::same_as<bool>;
};

}  // namespace progeny::pickle::detail
