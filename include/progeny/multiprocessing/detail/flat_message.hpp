#pragma once

// Values that are put as they lie in memory. Not for users.

#include <progeny/serial.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace progeny::multiprocessing::detail {

/// Values whose encoding is a few bytes and then their own memory: numbers, arrays and aggregates
/// of them, strings, vectors of all these. They hold no handles.
template <class T>
concept Flat = serial::detail::HasCodec<T> &&
               (serial::detail::is_bulk<T>() || serial::detail::BulkSequence<T>);

/// What `serial::encode` makes of such a value, without its copy. Borrows the value.
class FlatMessage {
 public:
  template <Flat T>
  explicit FlatMessage(const T& value) noexcept {
    append(serial::detail::fingerprint<T>);
    if constexpr (serial::detail::is_bulk<T>()) {
      body_ = {reinterpret_cast<const char*>(&value), sizeof value};
    } else {
      const std::size_t count = std::ranges::size(value);
      if (count < long_count) {
        append(static_cast<unsigned char>(count));
      } else {
        append(long_count);
        append(std::uint64_t{count});
      }
      body_ = {reinterpret_cast<const char*>(std::ranges::data(value)),
               count * sizeof(*std::ranges::data(value))};
    }
  }
  FlatMessage(const FlatMessage&) = delete;
  FlatMessage& operator=(const FlatMessage&) = delete;
  ~FlatMessage() = default;

  [[nodiscard]] std::string_view head() const noexcept { return {head_.data(), size_}; }
  [[nodiscard]] std::string_view body() const noexcept { return body_; }

 private:
  static constexpr unsigned char long_count = 255;  // See Writer::write_count.

  template <class Number>
  void append(const Number& number) noexcept {
    std::memcpy(head_.data() + size_, &number, sizeof number);
    size_ += sizeof number;
  }

  std::array<char, 16> head_{};
  std::size_t size_ = 0;
  std::string_view body_;
};

/// What `serial::from_bytes` makes of an encoding; numbers and their like without its machinery.
template <class T>
[[nodiscard]] T decode_message(std::string_view bytes) {
  if constexpr (serial::detail::is_bulk<T>() && std::is_trivially_copyable_v<T> &&
                std::is_trivially_default_constructible_v<T>) {
    const std::uint32_t mark = serial::detail::fingerprint<T>;
    if (bytes.size() == sizeof mark + sizeof(T) &&
        std::memcmp(bytes.data(), &mark, sizeof mark) == 0) {
      T value;
      std::memcpy(&value, bytes.data() + sizeof mark, sizeof value);
      return value;
    }
  }
  return serial::from_bytes<T>(bytes);
}

}  // namespace progeny::multiprocessing::detail
