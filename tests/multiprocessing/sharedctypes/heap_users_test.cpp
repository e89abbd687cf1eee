// The heap of shared blocks when it is busy, out of memory, or used by other processes.

#include "multiprocessing/memory/heap.hpp"
#include "multiprocessing/memory/heap_pieces.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <random>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using progeny::multiprocessing::detail::Heap;
using progeny::multiprocessing::detail::Place;
using progeny::multiprocessing::detail::Region;
using progeny::testing::expect_consistent;
namespace mp = progeny::multiprocessing;

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

bool refuses(Heap& heap, const Place& block) {
  try {
    heap.free(block);
  } catch (const progeny::ValueError&) {
    return true;
  }
  return false;
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
    if (!refuses(own, block)) {
      throw mp::SystemExit(3);
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
