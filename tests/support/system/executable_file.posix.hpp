#pragma once

// Programs that a test makes by itself.

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace progeny::testing {

/// Writes `text` to a new file that everybody may read and execute, and returns its path.
inline std::string make_executable(const std::filesystem::path& path, std::string_view text) {
  namespace fs = std::filesystem;
  std::ofstream(path) << text;
  fs::permissions(path,
                  fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                      fs::perms::others_read | fs::perms::others_exec);
  return path.string();
}

/// A shell script that does nothing but exit with `code`.
inline std::string make_script(const std::filesystem::path& path, int code) {
  return make_executable(path, "#!/bin/sh\nexit " + std::to_string(code) + "\n");
}

}  // namespace progeny::testing
