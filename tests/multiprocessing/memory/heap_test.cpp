// The heap of shared memory: its blocks, gaps and arenas.

#include "multiprocessing/memory/heap.hpp"
#include "multiprocessing/memory/heap_pieces.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using progeny::multiprocessing::detail::Heap;
using progeny::multiprocessing::detail::Place;
using progeny::multiprocessing::detail::Region;
using progeny::testing::expect_consistent;

constexpr std::ptrdiff_t mebi = 1 << 20;

// The size of the only block in a new heap.
std::size_t taken_for(std::ptrdiff_t size) {
  Heap heap;
  const Place block = heap.allocate(size);
  EXPECT_EQ(block.size, static_cast<std::size_t>(size));
  return heap.facts().occupied_bytes;
}

// MP-143
TEST(Heap, StaysWholeThroughManyAllocations) {
  Heap heap;
  std::mt19937 random(7);
  std::lognormal_distribution<double> sizes(0, 1);
  std::vector<Place> blocks;
  for (int round = 0; round < 5000; ++round) {
    blocks.push_back(heap.allocate(static_cast<std::ptrdiff_t>(sizes(random) * 1000)));
    if (blocks.size() > 50) {
      const std::size_t victim = random() % blocks.size();
      heap.free(blocks[victim]);
      std::swap(blocks[victim], blocks.back());
      blocks.pop_back();
    }
    if (round % 500 == 0) {
      expect_consistent(heap);
    }
  }
  expect_consistent(heap);
  const auto facts = heap.facts();
  EXPECT_EQ(facts.allocations, 5000U);
  EXPECT_EQ(facts.frees, facts.allocations - blocks.size());
}

// MP-143
TEST(Heap, MergesFreedNeighbours) {
  Heap heap;
  std::vector<Place> blocks;
  blocks.reserve(5);
  for (int i = 0; i < 5; ++i) {
    blocks.push_back(heap.allocate(64));
  }
  heap.free(blocks[1]);
  heap.free(blocks[3]);
  EXPECT_EQ(heap.pieces().size(), 6U);
  heap.free(blocks[2]);
  EXPECT_EQ(heap.pieces().size(), 4U);
  // The gap of three blocks holds one large block.
  EXPECT_EQ(heap.allocate(192).offset, blocks[1].offset);
}

// MP-144
TEST(Heap, HasNothingLeftWhenAllIsFree) {
  Heap heap({.discard_from = 0});
  std::vector<Place> blocks;
  blocks.reserve(100);
  for (std::ptrdiff_t i = 0; i < 100; ++i) {
    blocks.push_back(heap.allocate(i * 100));
  }
  for (const auto& block : blocks) {
    heap.free(block);
  }
  const auto facts = heap.facts();
  EXPECT_EQ(facts.frees, facts.allocations);
  EXPECT_EQ(facts.pending, 0U);
  EXPECT_EQ(facts.arenas, 0U);
  EXPECT_TRUE(heap.pieces().empty());
}

// MP-145
TEST(Heap, RoundsBlocksUpToEightBytes) {
  EXPECT_EQ(taken_for(0), 8U);
  EXPECT_EQ(taken_for(1), 8U);
  EXPECT_EQ(taken_for(8), 8U);
  EXPECT_EQ(taken_for(9), 16U);
}

// MP-145
TEST(Heap, RefusesImpossibleSizes) {
  Heap heap;
  EXPECT_THROW(static_cast<void>(heap.allocate(-1)), progeny::ValueError);
  EXPECT_THROW(static_cast<void>(heap.allocate(std::numeric_limits<std::ptrdiff_t>::max())),
               std::overflow_error);
  EXPECT_EQ(heap.facts().arenas, 0U);
}

TEST(Heap, MoreMemoryThanTheMachineHasIsAnError) {
  Heap heap;
  EXPECT_THROW(static_cast<void>(heap.allocate(std::ptrdiff_t{1} << 50U)), progeny::OSError);
  EXPECT_EQ(heap.facts().arenas, 0U);
}

TEST(Heap, IsAsBeforeWhenItGetsNoMoreMemory) {
  bool is_over = false;
  Heap heap({.make_arena = [&](std::size_t size) {
    if (is_over) {
      throw progeny::OSError(std::make_error_code(std::errc::no_space_on_device), "fallocate");
    }
    return Region::make("progeny-test", size);
  }});
  std::vector<Place> blocks;
  for (int i = 0; i < 3; ++i) {
    blocks.push_back(heap.allocate(1000));
  }
  is_over = true;
  const auto before = heap.facts();
  EXPECT_THROW(static_cast<void>(heap.allocate(2000)), progeny::OSError);
  EXPECT_EQ(heap.facts().arena_bytes, before.arena_bytes);
  EXPECT_EQ(heap.facts().allocations, before.allocations);
  expect_consistent(heap);
  blocks.push_back(heap.allocate(1000));
  heap.free(blocks[1]);
  EXPECT_EQ(heap.allocate(1000).offset, blocks[1].offset);
  is_over = false;
  EXPECT_EQ(heap.allocate(2000).region->size(), 8192U)
      << "an arena that could not be made was counted";
  expect_consistent(heap);
}

// MP-146
TEST(Heap, ArenasDoubleUpToFourMebibytes) {
  Heap heap;
  std::vector<std::size_t> sizes;
  for (std::ptrdiff_t size = 4096; size <= 4 * mebi; size *= 2) {
    sizes.push_back(heap.allocate(size).region->size());
    EXPECT_EQ(sizes.back(), static_cast<std::size_t>(size));
  }
  EXPECT_EQ(sizes.size(), 11U);
  EXPECT_EQ(heap.allocate(1).region->size(), static_cast<std::size_t>(4 * mebi));
}

// MP-146
TEST(Heap, ALargerRequestHasItsOwnArenaOfWholePages) {
  Heap heap;
  EXPECT_EQ(heap.allocate(5 * mebi + 1).region->size(), static_cast<std::size_t>(5 * mebi + 4096));
}

// MP-146
TEST(Heap, ReturnsLargeArenasAndKeepsSmallOnes) {
  Heap heap;
  const Place small = heap.allocate(1);
  const Place large = heap.allocate(4 * mebi);
  EXPECT_EQ(heap.facts().arenas, 2U);
  heap.free(large);
  EXPECT_EQ(heap.facts().arenas, 1U);
  heap.free(small);
  EXPECT_EQ(heap.facts().arenas, 1U);
  EXPECT_EQ(heap.facts().occupied_bytes, 0U);
}

}  // namespace
