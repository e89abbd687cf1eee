#pragma once

// Folders that only this user can enter.

#include <cstddef>
#include <string>

namespace progeny::platform {

/// Makes a new folder (mode 0700) in the system's folder for temporary files. Its name starts with
/// `prefix` and ends with six random characters. Its path should have at most `longest` bytes: if
/// the system's folder is too deep for that, or is missing, the folder is made in `/tmp`.
/// - Returns: the path.
/// - Throws: OSError with the call `mkdtemp` and the parent folder.
[[nodiscard]] std::string make_private_folder(const std::string& prefix, std::size_t longest);

/// Removes a file, or an empty folder. Errors are ignored.
void remove_quietly(const std::string& path) noexcept;

}  // namespace progeny::platform
