#pragma once

// A pipe that a test makes by itself, to hand one end to a child.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <string>

namespace progeny::testing {

/// Two ends, both kept from children that are not given them.
struct OwnPipe {
  OwnPipe();

  /// What one read gives, waiting only if there is nothing: at most `limit` bytes.
  [[nodiscard]] std::string read(std::size_t limit) const;

  Handle read_end;
  Handle write_end;
};

}  // namespace progeny::testing
