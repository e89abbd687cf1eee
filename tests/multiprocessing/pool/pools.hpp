#pragma once

// Runs the body of a test over pools of processes, by every start method, and of threads.

#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/pool.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::testing {

namespace mp = progeny::multiprocessing;

inline int square(int x) {
  return x * x;
}

/// 0, 1, 2 and so on.
inline std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// A test whose calls may have handles among their arguments.
class PoolTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(mp::resource_sharer::stop(very_long)); }
};

/// The kinds of pools. `process_based` ones have workers that can die.
struct ForkPool {
  static constexpr bool process_based = true;
  static mp::Pool make(mp::PoolOptions options) {
    return mp::get_context("fork").Pool(std::move(options));
  }
};
struct SpawnPool {
  static constexpr bool process_based = true;
  static mp::Pool make(mp::PoolOptions options) {
    return mp::get_context("spawn").Pool(std::move(options));
  }
};
struct ForkserverPool {
  static constexpr bool process_based = true;
  static mp::Pool make(mp::PoolOptions options) {
    return mp::get_context("forkserver").Pool(std::move(options));
  }
};
struct PoolOfThreads {
  static constexpr bool process_based = false;
  static mp::pool::ThreadPool make(const mp::PoolOptions& options) {
    return mp::pool::ThreadPool(options);
  }
};

using ProcessPools = ::testing::Types<ForkPool, SpawnPool, ForkserverPool>;
using AllPools = ::testing::Types<ForkPool, SpawnPool, ForkserverPool, PoolOfThreads>;

struct NameOfPool {
  template <class Kind>
  static std::string GetName(int /*number*/) {
    if constexpr (std::is_same_v<Kind, ForkPool>) {
      return "fork";
    } else if constexpr (std::is_same_v<Kind, SpawnPool>) {
      return "spawn";
    } else if constexpr (std::is_same_v<Kind, ForkserverPool>) {
      return "forkserver";
    } else {
      return "threads";
    }
  }
};

}  // namespace progeny::testing
