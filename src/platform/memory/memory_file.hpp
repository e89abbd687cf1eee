#pragma once

// Files that exist in memory alone and have no name.

#include <progeny/base/handle.hpp>

#include <string>
#include <string_view>

namespace progeny::platform {

/// A file with this content, closed on exec. `name` is what people see of it in the system's lists.
/// Throws OSError.
[[nodiscard]] Handle make_memory_file(const char* name, std::string_view content);

/// The whole content, from the first byte on. Throws OSError.
[[nodiscard]] std::string content_of(native_handle file);

}  // namespace progeny::platform
