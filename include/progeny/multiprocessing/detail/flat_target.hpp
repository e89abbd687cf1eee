#pragma once

// Values that a message is received into directly, so that its bytes are copied once. Not for
// users.

#include <progeny/detail/ranges.hpp>
#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace progeny::multiprocessing::detail {

/// Flat values whose bytes can be written over: numbers, arrays and aggregates of them; strings and
/// vectors of all these.
template <class T>
concept FlatTarget = Flat<T> && (Plain<T> || serial::detail::BulkTarget<T>);

/// A value as the compiled core sees it. Borrows it.
class FlatRoom {
 public:
  template <FlatTarget T>
  explicit FlatRoom(T& value) noexcept
      : value_(&value), fingerprint_(serial::detail::fingerprint<T>) {
    if constexpr (Plain<T>) {
      element_size_ = sizeof(T);
      memory_ = [](void* to) { return memory_of(*static_cast<T*>(to)); };
    } else {
      element_size_ = sizeof(typename T::value_type);
      memory_ = [](void* to) { return std::as_writable_bytes(std::span(*static_cast<T*>(to))); };
      reserve_ = [](void* to, std::size_t count) {
        if constexpr (requires(T& container) { container.reserve(count); }) {
          static_cast<T*>(to)->reserve(count);
        }
      };
      resize_ = [](void* to, std::size_t count) { static_cast<T*>(to)->resize(count); };
    }
  }

  /// What a message of this type begins with.
  [[nodiscard]] std::uint32_t fingerprint() const noexcept { return fingerprint_; }
  /// Of an element of a sequence, or of the value.
  [[nodiscard]] std::size_t element_size() const noexcept { return element_size_; }
  /// Whether a count of elements precedes them.
  [[nodiscard]] bool is_sequence() const noexcept { return resize_ != nullptr; }
  /// The memory of the value as it is now.
  [[nodiscard]] std::span<std::byte> memory() const noexcept { return memory_(value_); }
  /// Makes a sequence take memory for so many elements, if it can. Throws what the container
  /// throws.
  void reserve(std::size_t count) const { reserve_(value_, count); }
  /// Changes how many elements a sequence has. Throws what the container throws.
  void resize(std::size_t count) const { resize_(value_, count); }

 private:
  template <class T>
  static std::span<std::byte> memory_of(T& value) noexcept {
    return std::as_writable_bytes(std::span(&value, 1));
  }

  void* value_;
  std::uint32_t fingerprint_;
  std::size_t element_size_ = 0;
  std::span<std::byte> (*memory_)(void*) = nullptr;
  void (*reserve_)(void*, std::size_t) = nullptr;
  void (*resize_)(void*, std::size_t) = nullptr;
};

}  // namespace progeny::multiprocessing::detail
