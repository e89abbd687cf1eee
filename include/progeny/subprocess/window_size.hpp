#pragma once

// How large a child's terminal is.

#include <progeny/export.hpp>  // IWYU pragma: keep (it asks for C++20)

namespace progeny::subprocess {

/// The size of a terminal's window in characters, each 1 to 32767.
struct WindowSize {
  /// Lines.
  int rows = 24;
  /// Characters in a line.
  int columns = 80;

  /// Whether both are the same.
  bool operator==(const WindowSize&) const = default;
};

}  // namespace progeny::subprocess
