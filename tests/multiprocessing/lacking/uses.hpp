#pragma once

// What whole_library.posix.cpp consists of: uses of the library's objects. Each throws if something
// is not as it should be.

#include <stdexcept>
#include <string>

#include <fcntl.h>

namespace progeny::testing {

/// The standard streams that are closed: 1, 2 and 4, added up.
inline unsigned closed_streams = 0;

inline void require(bool condition, const char* what) {
  if (!condition) {
    throw std::runtime_error(what);
  }
}

/// In a child `from` is 1: its standard input is an empty one.
inline void require_closed(unsigned closed, int from = 0) {
  for (int number = from; number < 3; ++number) {
    if (((closed >> static_cast<unsigned>(number)) & 1U) != 0 && ::fcntl(number, F_GETFD) != -1) {
      throw std::runtime_error("descriptor " + std::to_string(number) + " is open");
    }
  }
}

/// To be called while objects are there.
inline void look() {
  require_closed(closed_streams);
}

void use_run();
void use_popen();
void use_redirections();
void use_released_popen();
void use_os();

void use_locks();
void use_queues();
void use_pipes();
void use_shared_memory();
void use_listeners();
void use_random();

}  // namespace progeny::testing
