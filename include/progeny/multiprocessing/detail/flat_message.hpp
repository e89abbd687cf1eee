#pragma once

// Values that are put as they lie in memory, without being encoded into a buffer first. Not for
// users.

#include <progeny/multiprocessing/detail/message_view.hpp>
#include <progeny/serial.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <ranges>
#include <string_view>
#include <type_traits>

namespace progeny::multiprocessing::detail {

/// Values whose encoding is a few bytes and then their own memory: numbers, arrays and aggregates
/// of them, strings, vectors of all these. They hold no handles.
template <class T>
concept Flat = serial::detail::HasCodec<T> &&
               (serial::detail::is_bulk<T>() || serial::detail::BulkSequence<T>);

/// The encoding of a flat value as `serial::encode` makes it, without a copy of the value. Owns the
/// few bytes in front; borrows the value, which must live as long.
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

  /// Borrows from this and from the value.
  [[nodiscard]] MessageView view() const noexcept {
    return {.head = {head_.data(), size_}, .body = body_};
  }

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

/// Flat values whose bytes can be copied over a value that was made without any: `T value;`, then
/// `memcpy`.
template <class T>
concept Plain = serial::detail::is_bulk<T>() && std::is_trivially_copyable_v<T> &&
                std::is_copy_assignable_v<T> && std::is_trivially_default_constructible_v<T>;

/// `value = serial::from_bytes<T>(bytes)` without a Reader: one comparison and one copy.
template <Plain T>
void decode_plain(T& value, std::string_view bytes) {
  const std::uint32_t mark = serial::detail::fingerprint<T>;
  if (bytes.size() == sizeof mark + sizeof(T) &&
      std::memcmp(bytes.data(), &mark, sizeof mark) == 0) {
    std::memcpy(&value, bytes.data() + sizeof mark, sizeof value);
  } else {
    value = serial::from_bytes<T>(bytes);
  }
}

/// `serial::from_bytes<T>(bytes)`, by the short way if there is one.
template <class T>
[[nodiscard]] T decode_message(std::string_view bytes) {
  if constexpr (Plain<T>) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
    T value;
    decode_plain(value, bytes);
    return value;
  } else {
    return serial::from_bytes<T>(bytes);
  }
}

/// Decodes a flat value where its encoding lies, in the shared memory of a queue, so that the bytes
/// are copied once. The type is erased: the compiled core calls `read`. Borrows the variable that
/// the value goes to.
class FlatReader {
 public:
  template <Plain T>
  explicit FlatReader(T& value) noexcept
      : value_(&value), decode_([](void* to, std::string_view bytes) {
          decode_plain(*static_cast<T*>(to), bytes);
        }) {}
  template <Flat T>
  explicit FlatReader(std::optional<T>& value) noexcept
      : value_(&value), decode_([](void* to, std::string_view bytes) {
          static_cast<std::optional<T>*>(to)->emplace(decode_message<T>(bytes));
        }) {}

  /// Decodes the message. An error in the encoding is kept for `has_read`: the message is gone from
  /// the queue all the same, as with other values.
  /// - Throws: `std::bad_alloc`; then the message stays in the queue.
  void read(std::string_view bytes) {
    try {
      decode_(value_, bytes);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      failure_ = std::current_exception();
    }
    has_read_ = true;
  }
  /// Whether `read` was called. Throws what was wrong with the encoding.
  [[nodiscard]] bool has_read() const {
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    return has_read_;
  }

 private:
  void* value_;
  void (*decode_)(void* to, std::string_view bytes);
  bool has_read_ = false;
  std::exception_ptr failure_;
};

}  // namespace progeny::multiprocessing::detail
