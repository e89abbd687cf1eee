#pragma once

// A folder for one test.

#include <filesystem>
#include <random>
#include <string>
#include <system_error>

namespace progeny::testing {

/// A new empty folder, which goes with all that is in it when the object goes.
class TempDir {
 public:
  TempDir() {
    namespace fs = std::filesystem;
    std::random_device random;
    fs::path path;
    do {
      path = fs::temp_directory_path() / ("progeny_test_" + std::to_string(random()));
    } while (!fs::create_directory(path));
    fs::permissions(path, fs::perms::owner_all);
    path_ = fs::canonical(path);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// Its absolute path without symbolic links.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace progeny::testing
