#pragma once

// Children that a Popen lets go at the end of its scope, for the library to reap.

#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

namespace progeny::testing {

/// Drops a Popen whose child still runs, and returns the child's pid.
inline int drop_sleeper() {
  const subprocess::Popen p(child("pause_until_killed"));
  return p.pid();
}

/// Lets a process end that was let go, and waits until it has been reaped.
inline void kill_and_await_reaping(int pid) {
  ASSERT_TRUE(kill_process(pid));
  EXPECT_TRUE(eventually([&] { return is_gone(pid); }));
}

}  // namespace progeny::testing
