#pragma once

// Jobs, which hold a process and all that it starts together. Windows only.

#include <progeny/base/handle.hpp>

namespace progeny::platform {

/// A job whose processes end when its last handle is closed, also by the end of this process.
/// - Throws: OSError.
[[nodiscard]] Handle make_deadly_job();

}  // namespace progeny::platform
