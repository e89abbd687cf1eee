#pragma once

// Whether a process sleeps: all that can be observed of its wait from outside.

#include "support/system/process_facts.hpp"

#include <fstream>
#include <string>

namespace progeny::testing {

/// Whether the main thread of a process sleeps.
inline bool is_asleep(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto end_of_name = line.rfind(") ");
  return end_of_name != std::string::npos && line[end_of_name + 2] == 'S';
}

/// Waits until the main thread of a process sleeps.
inline bool await_sleep(int pid) {
  return eventually([pid] { return is_asleep(pid); });
}

}  // namespace progeny::testing
