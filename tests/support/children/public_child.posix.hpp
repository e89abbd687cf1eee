#pragma once

// The test child for users who cannot reach the folder that the project was built in.

#include "support/children/test_child.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/subprocess/args.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace progeny::testing {

/// A copy of the test child that everybody may run.
class PublicChild {
 public:
  PublicChild() {
    std::filesystem::permissions(dir_.path(), everybody);
    std::filesystem::copy_file(test_child(), path());
    std::filesystem::permissions(path(), everybody);
  }

  [[nodiscard]] std::string path() const { return (dir_.path() / "child").string(); }

  /// It with these words, as `child` has it for the original.
  template <class... Words>
  [[nodiscard]] subprocess::Args with(const Words&... words) const {
    return subprocess::Args(std::vector<std::string>{path(), words...});
  }

 private:
  using Perms = std::filesystem::perms;
  static constexpr Perms everybody = Perms::owner_all | Perms::group_read | Perms::group_exec |
                                     Perms::others_read | Perms::others_exec;

  TempDir dir_;
};

}  // namespace progeny::testing
