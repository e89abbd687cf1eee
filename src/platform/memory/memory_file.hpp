#pragma once

// Files that exist in memory alone and have no name. A child that gets the handle reads the file.

#include <progeny/base/handle.hpp>

#include <string>
#include <string_view>

namespace progeny::platform {

/// Makes a file with this content. It is closed on exec, and gone with its last handle. `name` is
/// only for the system's lists of open files.
/// - Throws: OSError.
[[nodiscard]] Handle make_memory_file(const char* name, std::string_view content);

/// The whole content, whatever the file's position is. Goes on after EINTR.
/// - Throws: OSError.
[[nodiscard]] std::string content_of(native_handle file);

}  // namespace progeny::platform
