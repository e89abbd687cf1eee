#pragma once

// Memory that several processes see at once.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace progeny::platform {

/// Bytes in the unit in which memory is mapped.
[[nodiscard]] std::size_t page_size() noexcept;

/// Makes `size` bytes of zeros that have no name: they are gone with the last process that has the
/// handle or has them mapped. The memory is reserved here, so that using it cannot fail. It can be
/// extended, and never shrinks, whatever the processes that have it do. `name` is what people see
/// of it in the system's lists.
/// - Throws: OSError if there is not so much memory, or no descriptor is free.
[[nodiscard]] Handle make_anonymous_memory(const char* name, std::size_t size);

/// Reserves `size` bytes from `offset` on, and extends the memory if they end beyond it.
/// - Throws: OSError if there is not so much memory.
void reserve_memory(native_handle memory, std::size_t offset, std::size_t size);

/// How many bytes it has.
/// - Throws: OSError for a handle of something else, or of memory that could shrink under those who
///   have mapped it.
[[nodiscard]] std::size_t size_of_anonymous_memory(native_handle memory);

/// Tells one piece of memory from all others that exist. Throws OSError.
using MemoryIdentity = std::pair<std::uint64_t, std::uint64_t>;
[[nodiscard]] MemoryIdentity identity_of(native_handle memory);

/// Memory in this process's addresses, for as long as it lives.
class Mapping {
 public:
  Mapping() noexcept = default;
  /// Maps the first `size` bytes, which may be more than there are: those beyond can be used once
  /// they have been reserved. Throws OSError.
  Mapping(native_handle memory, std::size_t size);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace progeny::platform
