#pragma once

// Tells whether a program was started that must not be.

#include "support/children/child_args.hpp"
#include "support/system/temp_dir.hpp"

#include <filesystem>
#include <string>

namespace progeny::testing {

/// A command that leaves a trace if it is started against expectation.
class Trace {
 public:
  /// The command, which creates `path()`.
  [[nodiscard]] subprocess::Args command() const { return child("create_file", path()); }
  /// Whether it ran.
  [[nodiscard]] bool was_left() const { return std::filesystem::exists(path()); }
  /// The file that is the trace.
  [[nodiscard]] std::string path() const { return (dir_.path() / "started").string(); }

 private:
  TempDir dir_;
};

}  // namespace progeny::testing
