#pragma once

// A child that writes much to both outputs.

#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace progeny::testing {

/// Expects `count` bytes from each to come through, with pipes of this size (-1: the usual one).
inline void flood(std::size_t count, int pipesize) {
  const std::string expected = pattern(count);
  const auto done =
      subprocess::run(child("flood_both", std::to_string(count)),
                      {.capture_output = true, .timeout = very_long, .pipesize = pipesize});
  EXPECT_EQ(done.returncode, 0);
  EXPECT_TRUE(done.std_out == expected);
  EXPECT_TRUE(done.std_err == expected);
}

}  // namespace progeny::testing
