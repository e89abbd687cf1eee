#pragma once

// Where an exception was thrown, seen while the functions that threw it are still there.

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>

namespace progeny::platform {

/// The calls that led to a throw, innermost first. Of more than there is room for, the innermost.
struct RawStack {
  static constexpr std::size_t capacity = 128;

  /// Addresses inside of the calling instructions.
  std::array<std::uintptr_t, capacity> addresses{};
  std::size_t count = 0;
  std::size_t total = 0;  ///< With those for which there was no room.

  [[nodiscard]] std::span<const std::uintptr_t> calls() const noexcept {
    return {addresses.data(), count};
  }
};

/// Calls `body(context)`. What it throws is returned, and `stack` then says from where: from the
/// throwing function out to `body`. Of an exception that was caught and thrown again further in, it
/// is the place of the last throw.
///
/// Costs nothing while nothing is thrown, and takes no memory. Exceptions that `body` catches
/// itself are not seen. The cancelling of a POSIX thread passes through.
/// - Platforms: on Windows `stack` stays empty.
[[nodiscard]] std::exception_ptr run_recording_stack(void (*body)(void*),
                                                     void* context,
                                                     RawStack& stack);

}  // namespace progeny::platform
