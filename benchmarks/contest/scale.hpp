#pragma once

// How long and how large a run is: `--quick` for a first look, `--smoke` for a test that it works.

#include <chrono>
#include <cstddef>

namespace bench {

struct Scale {
  /// How often each contestant has its turn.
  int rounds = 9;
  /// How long a turn lasts; a longer operation is done once.
  std::chrono::nanoseconds turn = std::chrono::milliseconds(100);
  /// The memory of a large parent.
  std::size_t held = std::size_t{4} << 30U;
  /// What the flood writes.
  std::size_t captured = std::size_t{1} << 30U;
  /// What goes through `cat`.
  std::size_t exchanged = std::size_t{256} << 20U;
};

/// What the command line asks for; ends the program if it cannot be meant.
Scale parse_scale(int argc, char** argv);

}  // namespace bench
