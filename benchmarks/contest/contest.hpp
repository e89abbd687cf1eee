#pragma once

// Runs contestants side by side.
//
// On a machine that others share, the same loop may take 30 % longer a minute later. So nobody
// runs alone: in each round every contestant has a short turn, and a ratio compares turns of the
// same round. Google Benchmark runs one benchmark to its end before the next; its random
// interleaving mixes repetitions, but pairs nothing, and it does not reach into other processes.

#include "contest/contestants.hpp"
#include "contest/scale.hpp"
#include "contest/worker.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// What is measured.
struct Task {
  /// The heading of its table.
  std::string title;
  Order order;
  /// How many bytes one operation moves; adds their rate to the table.
  std::size_t bytes = 0;
  /// The contestants to whom the others are compared.
  std::vector<std::string> references;
};

/// What one contestant did.
struct Standing {
  std::string contestant;
  /// Each operation of each round, in nanoseconds.
  std::vector<std::vector<double>> rounds;
  /// Why it gave up, or nothing.
  std::string failure;
};

/// All rounds of a task.
std::vector<Standing> compete(std::vector<Worker>& workers, const Task& task, const Scale& scale);

/// Prints the table of a task.
void print_table(const Task& task, const std::vector<Standing>& standings);

/// All tasks of a question in one setting, printed. Returns whether everybody finished.
bool hold_contest(const std::string& question,
                  const Setting& setting,
                  const std::vector<Task>& tasks,
                  const Scale& scale);

}  // namespace bench
