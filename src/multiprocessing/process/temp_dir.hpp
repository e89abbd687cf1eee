#pragma once

// The folder for temporary files, which a process shares with its descendants.

#include <optional>
#include <string>

namespace progeny::multiprocessing::detail {

/// Its path. The first call makes the folder, and has the end of this process remove it. Throws
/// OSError.
[[nodiscard]] std::string temp_dir();

/// The path, if there is a folder.
[[nodiscard]] std::optional<std::string> known_temp_dir();

/// In a child that is not a forked copy: uses the parent's folder. The parent removes it.
void take_over_temp_dir(const std::optional<std::string>& path);

}  // namespace progeny::multiprocessing::detail
