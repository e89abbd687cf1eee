#pragma once

// What the system says about a handle of this process: a descriptor on POSIX.

#include <progeny/detail/config.hpp>

namespace progeny::testing {

/// Whether this process has it open.
[[nodiscard]] bool is_open(native_handle handle);

/// Whether an open one is kept from programs that this process starts.
[[nodiscard]] bool is_close_on_exec(native_handle handle);

}  // namespace progeny::testing
