#pragma once

// Runs contestants side by side.
//
// On a shared machine the same loop may take 30 % longer a minute later. So the contestants take
// turns: in each round every contestant has a short one, and a ratio compares turns of the same
// round. Google Benchmark runs one benchmark to its end before the next. Its random interleaving
// mixes repetitions but does not pair them, and it does not reach into other processes.

#include "contest/contestants.hpp"
#include "contest/scale.hpp"
#include "contest/worker.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// A thing to measure.
struct Task {
  /// The heading of its table.
  std::string title;
  Order order;
  /// How many bytes one operation moves; adds their rate to the table.
  std::size_t bytes = 0;
  /// The contestants with which the others are compared.
  std::vector<std::string> references;
};

/// The times of one contestant.
struct Standing {
  std::string contestant;
  /// The time of each operation, round by round, in nanoseconds.
  std::vector<std::vector<double>> rounds;
  /// Why it failed; empty if it did not.
  std::string failure;
};

/// All rounds of a task.
std::vector<Standing> compete(std::vector<Worker>& workers, const Task& task, const Scale& scale);

/// Prints the table of a task: the median of the rounds, the 25th and 75th percentile of the
/// rounds, and the 99th percentile of all operations.
void print_table(const Task& task, const std::vector<Standing>& standings);

/// Runs all tasks of a question in one setting and prints their tables. Returns whether no
/// contestant failed.
bool hold_contest(const std::string& question,
                  const Setting& setting,
                  const std::vector<Task>& tasks,
                  const Scale& scale);

}  // namespace bench
