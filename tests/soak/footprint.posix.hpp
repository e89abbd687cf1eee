#pragma once

// What grows if something leaks, and the report of a soak suite that nothing did.

#include "support/system/process_facts.hpp"
#include "support/system/process_facts.posix.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace progeny::testing {

using SoakClock = std::chrono::steady_clock;

/// What this process has at the moment.
struct Footprint {
  std::size_t descriptors = open_descriptors();
  int threads = std::stoi(status_line("Threads"));
  int memory_kib = std::stoi(status_line("VmRSS"));
  std::vector<int> children = testing::children();
};

/// Prints how a suite ended. Returns whether nothing has grown.
inline bool report(const char* suite,
                   int count,
                   const Footprint& before,
                   SoakClock::duration time,
                   int tolerated_kib) {
  const Footprint after;
  const bool good = after.descriptors == before.descriptors && after.threads == before.threads &&
                    after.memory_kib <= before.memory_kib + tolerated_kib &&
                    after.children == before.children;
  fmt::print(
      "{:9} {} in {:.1f} s; descriptors {} -> {}, threads {} -> {}, children {} -> {}, "
      "memory {} -> {} KiB: {}\n",
      suite,
      count,
      std::chrono::duration<double>(time).count(),
      before.descriptors,
      after.descriptors,
      before.threads,
      after.threads,
      before.children.size(),
      after.children.size(),
      before.memory_kib,
      after.memory_kib,
      good ? "good" : "GROWN");
  std::fflush(stdout);
  return good;
}

}  // namespace progeny::testing
