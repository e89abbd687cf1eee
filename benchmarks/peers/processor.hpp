#pragma once

// Which processors a process may use.

#include <sched.h>

namespace bench {

/// The first one alone, or all.
inline void bind_to_processor(bool pinned) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  for (int i = 0; i < (pinned ? 1 : CPU_SETSIZE); ++i) {
    CPU_SET(i, &processors);
  }
  sched_setaffinity(0, sizeof processors, &processors);
}

}  // namespace bench
