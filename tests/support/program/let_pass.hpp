#pragma once

// Time that has to go by because it is what a test is about: longer than a limit that must not be
// the one that counts. Never to synchronise.

#include <chrono>
#include <thread>

namespace progeny::testing {

inline void let_pass(std::chrono::nanoseconds time) {
  std::this_thread::sleep_for(time);
}

}  // namespace progeny::testing
