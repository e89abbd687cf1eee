#pragma once

// The contestants: the workers that were built, Python and Rust.

#include "contest/worker.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// What kind of parents the contestants are, and how many threads of each start children.
struct Setting {
  std::string title;
  int threads = 1;
  /// Bytes of memory that each parent holds.
  std::size_t held = 0;
  /// Whether all contestants are parts of one program, so that `spawn` starts the same one.
  bool together = false;
  /// The soft RLIMIT_NOFILE.
  std::size_t descriptors = 1024;
};

/// Starts all workers anew, so that one setting does not influence the next. Prints which are not
/// installed. `question` is the name of the Python counterpart. Returns none, and prints why, if
/// this machine cannot have such parents.
std::vector<Worker> start_workers(const std::string& question, const Setting& setting);

/// The path of a program of children/.
std::string child_program(const std::string& name);

}  // namespace bench
