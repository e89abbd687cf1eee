#pragma once

// Copies of this process that do their part of a benchmark.

#include "peers/processor.hpp"

#include <csignal>
#include <stdexcept>

#include <sys/prctl.h>
#include <unistd.h>

namespace bench {

/// Forks a copy of this process that does `turn` again and again until this one ends.
template <class Turn>
void start_partner(bool pinned, const Turn& turn) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == -1) {
    throw std::runtime_error("fork failed");
  }
  if (child != 0) {
    return;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  bind_to_processor(pinned);
  while (getppid() == parent) {
    turn();
  }
  _exit(0);
}

}  // namespace bench
