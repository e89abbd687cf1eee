#pragma once

// Folders that only this user can look into.

#include <cstddef>
#include <string>

namespace progeny::platform {

/// Makes a new folder (mode 0700) in the system's folder for temporary files; its name starts with
/// `prefix`. At most `longest` bytes of path are wanted: where the system's folder is too deep for
/// that, it is made in a shorter place. Throws OSError.
[[nodiscard]] std::string make_private_folder(const std::string& prefix, std::size_t longest);

/// Removes a file, or an empty folder; errors are ignored.
void remove_quietly(const std::string& path) noexcept;

}  // namespace progeny::platform
