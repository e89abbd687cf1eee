#pragma once

// How long and how large a run is. `--quick` gives a first impression, `--smoke` tests that it
// works.

#include <chrono>
#include <cstddef>

namespace bench {

struct Scale {
  /// How many turns each contestant has.
  int rounds = 9;
  /// How long a turn lasts. An operation that takes longer is done once.
  std::chrono::nanoseconds turn = std::chrono::milliseconds(100);
  /// The memory of a large parent.
  std::size_t held = std::size_t{4} << 30U;
  /// How many bytes the flood writes.
  std::size_t captured = std::size_t{1} << 30U;
  /// How many bytes go through `cat`.
  std::size_t exchanged = std::size_t{256} << 20U;
};

/// Reads the command line. Ends the program with a usage message if it is wrong.
Scale parse_scale(int argc, char** argv);

}  // namespace bench
