#pragma once

// Shared memory in this process's addresses.

#include <progeny/base/handle.hpp>

#include <cstddef>

namespace progeny::platform {

/// The unit in which memory is mapped, in bytes.
[[nodiscard]] std::size_t page_size() noexcept;

/// Shared memory mapped for reading and writing. The destructor unmaps it.
///
/// It stays mapped when the handle is closed, and a forked child has it at the same address. A
/// program that exec starts has none of it.
class Mapping {
 public:
  /// Maps nothing.
  Mapping() noexcept = default;
  /// Maps the first `size` bytes of `memory`, named or anonymous. `size` may exceed what there is:
  /// the bytes beyond can be used once they have been reserved.
  /// - Throws: OSError with the call `mmap`.
  Mapping(native_handle memory, std::size_t size) : Mapping(memory, size, 0) {}
  /// The same from `offset` on, a multiple of `page_size`.
  Mapping(native_handle memory, std::size_t size, std::size_t offset);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  /// The first byte, at the start of a page; null if nothing is mapped.
  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  /// How many bytes were asked for.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace progeny::platform
