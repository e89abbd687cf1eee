// The heap in shared memory, looked at from inside.

#include "multiprocessing/heap.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using progeny::multiprocessing::detail::Heap;
using progeny::multiprocessing::detail::HeapPiece;
using progeny::multiprocessing::detail::Place;
using progeny::multiprocessing::detail::Region;
namespace mp = progeny::multiprocessing;

constexpr std::ptrdiff_t mebi = 1 << 20;

// MP-143
void expect_consistent(Heap& heap) {
  const auto facts = heap.facts();
  EXPECT_EQ(facts.free_bytes + facts.occupied_bytes, facts.arena_bytes);
  std::map<const Region*, std::size_t> reached;
  std::optional<HeapPiece> before;
  for (const auto& piece : heap.pieces()) {
    EXPECT_EQ(piece.offset, reached[piece.arena]) << "a hole, or an overlap";
    EXPECT_EQ(piece.size % 8, 0U);
    if (before && before->arena == piece.arena) {
      EXPECT_FALSE(before->free && piece.free) << "gaps that were not merged";
    }
    reached[piece.arena] = piece.offset + piece.size;
    before = piece;
  }
  EXPECT_EQ(reached.size(), facts.arenas);
  for (const auto& [arena, end] : reached) {
    EXPECT_EQ(end, arena->size());
  }
}

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
  for (int i = 0; i < 5; ++i) {
    blocks.push_back(heap.allocate(64));
  }
  heap.free(blocks[1]);
  heap.free(blocks[3]);
  EXPECT_EQ(heap.pieces().size(), 6U);
  heap.free(blocks[2]);
  EXPECT_EQ(heap.pieces().size(), 4U);
  // What three blocks left is used for one.
  EXPECT_EQ(heap.allocate(3 * 64).offset, blocks[1].offset);
}

// MP-144
TEST(Heap, HasNothingLeftWhenAllIsFree) {
  Heap heap({.discard_from = 0});
  std::vector<Place> blocks;
  for (int i = 0; i < 100; ++i) {
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

TEST(Heap, HavingNoMemoryIsAnErrorAndChangesNothing) {
  bool broken = false;
  Heap heap({.make_arena = [&](std::size_t size) {
    if (broken) {
      throw progeny::OSError(std::make_error_code(std::errc::not_enough_memory), "fallocate");
    }
    return Region::make("test", size);
  }});
  const Place block = heap.allocate(4000);
  broken = true;
  EXPECT_THROW(static_cast<void>(heap.allocate(4000)), progeny::OSError);
  expect_consistent(heap);
  broken = false;
  EXPECT_EQ(heap.allocate(4000).region->size(), 8192U);
  heap.free(block);
}

TEST(Heap, MoreMemoryThanTheMachineHasIsAnError) {
  Heap heap;
  EXPECT_THROW(static_cast<void>(heap.allocate(std::ptrdiff_t{1} << 50U)), progeny::OSError);
  EXPECT_EQ(heap.facts().arenas, 0U);
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

// MP-147
TEST(Heap, FreeingWhileItIsBusyIsDoneByTheNextCall) {
  Heap* inside = nullptr;
  std::optional<Place> victim;
  Heap heap({.make_arena = [&](std::size_t size) {
    if (victim) {
      inside->free(*std::exchange(victim, std::nullopt));
    }
    return Region::make("test", size);
  }});
  inside = &heap;
  const Place first = heap.allocate(100);
  victim = first;
  const Place second = heap.allocate(5000);
  EXPECT_FALSE(victim.has_value());
  const auto facts = heap.facts();
  EXPECT_EQ(facts.frees, 1U);
  EXPECT_EQ(facts.pending, 0U);
  expect_consistent(heap);
  heap.free(second);
}

TEST(Heap, TakesNoBlockThatIsNone) {
  Heap heap;
  Heap other;
  const Place block = heap.allocate(100);
  EXPECT_THROW(other.free(block), progeny::ValueError);
  heap.free(block);
  EXPECT_THROW(heap.free(block), progeny::ValueError);
  expect_consistent(heap);
}

TEST(Heap, KeepsABlockForAsLongAsItHasUsers) {
  Heap heap;
  std::atomic<std::uint32_t> users{1};
  heap.free_once_unused(heap.allocate(100), users);
  EXPECT_EQ(heap.facts().lingering, 1U);
  EXPECT_EQ(heap.facts().occupied_bytes, 104U);
  users = 0;
  EXPECT_EQ(heap.facts().lingering, 0U);
  EXPECT_EQ(heap.facts().occupied_bytes, 0U);
}

TEST(Heap, LooksAtAllLingeringBlocksInTurn) {
  Heap heap;
  std::vector<std::atomic<std::uint32_t>> users(100);
  for (auto& count : users) {
    count = 1;
    heap.free_once_unused(heap.allocate(16), count);
  }
  users.back() = 0;
  for (int call = 0; call < 100 && heap.facts().lingering == 100; ++call) {
  }
  EXPECT_EQ(heap.facts().lingering, 99U);
}

TEST(Heap, IsSafeFromSeveralThreads) {
  Heap heap;
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Place> blocks;
    for (int round = 0; round < 2000; ++round) {
      const auto size = static_cast<std::ptrdiff_t>(random() % 500 + 1);
      blocks.push_back(heap.allocate(size));
      std::memset(blocks.back().region->data() + blocks.back().offset,
                  static_cast<int>(seed),
                  static_cast<std::size_t>(size));
      if (blocks.size() > 20) {
        const Place block = blocks[random() % 20];
        std::erase_if(blocks, [&](const Place& other) {
          return other.region == block.region && other.offset == block.offset;
        });
        EXPECT_EQ(block.as<unsigned char>(), seed) << "another thread has the same block";
        heap.free(block);
      }
    }
    for (const auto& block : blocks) {
      heap.free(block);
    }
  };
  std::thread other(work, 1U);
  work(2U);
  other.join();
  expect_consistent(heap);
  EXPECT_EQ(heap.facts().occupied_bytes, 0U);
}

// MP-148
TEST(Heap, OfACopyOfTheProcessBeginsEmpty) {
  auto& parents = mp::detail::heap();
  const Place block = parents.allocate(100);
  block.as<int>() = 17;
  const auto check = [&] {
    auto& own = mp::detail::heap();
    if (&own == &parents || own.facts().arenas != 0 || block.as<int>() != 17) {
      throw mp::SystemExit(2);
    }
    try {
      own.free(block);
      throw mp::SystemExit(3);
    } catch (const progeny::ValueError&) {
    }
    if (own.allocate(100).region == block.region) {
      throw mp::SystemExit(4);
    }
  };
  mp::Process process(check);
  process.start();
  process.join();
  EXPECT_EQ(process.exitcode(), 0);
  parents.free(block);
}

}  // namespace
