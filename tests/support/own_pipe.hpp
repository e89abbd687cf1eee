#pragma once

// A pipe that a test makes by itself, to hand one end to a child.

#include <progeny/base/handle.hpp>

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace progeny::testing {

/// Two ends, both close-on-exec.
struct OwnPipe {
  OwnPipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    read_end = Handle(ends[0]);
    write_end = Handle(ends[1]);
  }

  Handle read_end;
  Handle write_end;
};

}  // namespace progeny::testing
