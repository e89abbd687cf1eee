#pragma once

// What the places in a program are called in its source.

#include "platform/program/modules.hpp"

#include <span>
#include <string>
#include <vector>

namespace progeny::platform {

/// One function of the source, with where in it.
struct SourcePlace {
  std::string function;  ///< Demangled; empty if not known.
  std::string file;      ///< As the compiler was given it; empty if not known.
  int line = 0;
};

/// For each place the functions there, innermost first: those that were inlined, then the one they
/// were inlined into. None where the module's file is gone, or is another build by now.
///
/// Reads the files with their debug information: milliseconds, for large programs more. Debug
/// information of its own file is found by the build-id, on this machine only.
/// - Threads: safe; one call at a time does the work.
/// - Platforms: on Linux the first call loads libdw; where it is not installed, each place gets its
///   `exported_name_at`. On Windows nothing is found.
[[nodiscard]] std::vector<std::vector<SourcePlace>> symbols_of(std::span<const ModulePlace> places);

/// The exported function at a place of a module that is loaded in this process, or the last
/// exported one before it; empty if there is none. No file is read.
/// - Platforms: on Windows nothing is found.
[[nodiscard]] std::string exported_name_at(const ModulePlace& place);

}  // namespace progeny::platform
