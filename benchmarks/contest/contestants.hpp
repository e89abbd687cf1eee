#pragma once

// Who takes part: the workers that were built, Python and Rust.

#include "contest/worker.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// The parents that the contestants are, and the number of their launching threads.
struct Setting {
  std::string title;
  int threads = 1;
  /// Memory that each parent holds.
  std::size_t held = 0;
  /// Whether all contestants are parts of one program, so that they start the same one.
  bool together = false;
  /// The soft RLIMIT_NOFILE.
  std::size_t descriptors = 1024;
};

/// Starts all workers anew: what one setting did to them does not colour the next. Says which
/// are not installed. `question` is the name of the Python counterpart. Nobody, with a sentence
/// why, if this machine cannot have such parents.
std::vector<Worker> start_workers(const std::string& question, const Setting& setting);

/// The path of a program of children/.
std::string child_program(const std::string& name);

}  // namespace bench
