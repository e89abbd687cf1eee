#pragma once

// Something that breaks when a process dies, however it dies.

#include <progeny/base/handle.hpp>

namespace progeny::platform {

/// A handle that becomes readable when this process ends, made on first use; the process's own for
/// as long as it runs. Others get it by inheritance or over a socket. Throws OSError.
[[nodiscard]] native_handle own_sentinel();

/// Has the system kill the calling process at once when `sentinel`, another process's, breaks, or
/// now if it has broken. Costs no thread and no handler. Throws OSError.
void die_with(native_handle sentinel);

}  // namespace progeny::platform
