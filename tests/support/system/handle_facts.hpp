#pragma once

// What the system says about a handle of this process: a descriptor on POSIX.

#include <progeny/detail/config.hpp>

#include <cstdio>

namespace progeny::testing {

/// Whether this process has it open.
[[nodiscard]] bool is_open(native_handle handle);

/// Whether the descriptor under a C stream is open.
[[nodiscard]] bool is_open(std::FILE* file);

/// Whether an open one is kept from programs that this process starts.
[[nodiscard]] bool is_close_on_exec(native_handle handle);

}  // namespace progeny::testing
