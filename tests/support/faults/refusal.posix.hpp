#pragma once

// Sandboxes: system calls that fail from now on in this process and its children. There is no way
// back, so only a copy of the test process enters one. A kernel that installs no such filter ends
// the process with 99.

#include <initializer_list>

namespace progeny::testing {

/// From here on clone3(2) fails in this process and its children with ENOSYS, as in older
/// container runtimes, and vfork(2) and clone(2) with CLONE_VFORK with EPERM: no child can borrow
/// its parent's memory.
void refuse_shared_memory();

/// From here on the system calls of these numbers (`SYS_...`) fail with `error`.
void refuse_calls(std::initializer_list<long> numbers, int error);

/// A call, and the value that its argument number `argument` (from 0) has; of 32 bits.
struct CallWith {
  long number = 0;
  unsigned argument = 0;
  unsigned value = 0;
};

/// From here on calls with such an argument fail with `error`, and others work.
void refuse_calls_with(const CallWith& call, int error);

}  // namespace progeny::testing
