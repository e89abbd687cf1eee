#pragma once

// The folder for temporary files, as children take it over.

#include <optional>
#include <string>

namespace progeny::multiprocessing::detail {

/// The folder, if it has been made.
[[nodiscard]] std::optional<std::string> known_temp_dir();

/// In a child that is no copy: the parent's, which stays the parent's to remove.
void take_over_temp_dir(const std::optional<std::string>& path);

}  // namespace progeny::multiprocessing::detail
