// Locks and the like whose memory another process has overwritten, or whose guard a stopped process
// holds: an error or progress, and never a wait beyond the deadline.

#include "multiprocessing/memory/heap.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "multiprocessing/synchronize/waiters.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/synchronize.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <random>
#include <span>
#include <vector>

#include <sys/wait.h>

namespace {

using namespace std::chrono_literals;
using progeny::multiprocessing::Barrier;
using progeny::multiprocessing::BrokenBarrierError;
using progeny::multiprocessing::Condition;
using progeny::multiprocessing::Event;
using progeny::multiprocessing::Lock;
using progeny::multiprocessing::RLock;
using progeny::multiprocessing::Semaphore;
using progeny::multiprocessing::detail::heap;
using progeny::multiprocessing::detail::HeapPiece;
using progeny::multiprocessing::detail::RobustLock;
using progeny::multiprocessing::detail::Roster;
using progeny::multiprocessing::detail::SharedObject;
using progeny::multiprocessing::detail::Waiters;
using progeny::testing::eventually;
using progeny::testing::ForkedChild;
using progeny::testing::very_long;
using Clock = std::chrono::steady_clock;

// Far beyond any timeout below, even on a busy machine.
constexpr auto much_later = 30s;

// The blocks of the heap that `make` has taken, without their counts of users.
template <class Make>
std::vector<std::span<std::byte>> blocks_of(const Make& make) {
  const auto before = heap().pieces();
  make();
  std::vector<std::span<std::byte>> blocks;
  for (const HeapPiece& piece : heap().pieces()) {
    const bool is_old = std::ranges::any_of(before, [&](const HeapPiece& old) {
      return !old.free && old.arena == piece.arena && old.offset == piece.offset;
    });
    if (!piece.free && !is_old) {
      const std::size_t data = (piece.offset + 16 + 63) / 64 * 64;
      blocks.emplace_back(piece.arena->data() + data, piece.size - (data - piece.offset));
    }
  }
  return blocks;
}

void overwrite(std::span<std::byte> block, std::mt19937& random) {
  const std::array<std::uint32_t, 10> words{
      0, 1, 2, 3, 7, 0xFFFF, 0x40000000, 0x80000000, 0xC0000001, 0xFFFFFFFF};
  for (std::size_t at = 0; at + sizeof(std::uint32_t) <= block.size();
       at += sizeof(std::uint32_t)) {
    const auto number = static_cast<std::uint32_t>(random());
    const std::uint32_t word = number % 3 == 0 ? words[number / 3 % words.size()] : number;
    std::memcpy(&block[at], &word, sizeof word);
  }
}

template <class Use>
void use_in_time(const Use& use) {
  const auto begin = Clock::now();
  try {
    use();
  } catch (const std::exception&) {
  }
  EXPECT_LT(Clock::now() - begin, much_later);
}

template <class Make, class... Uses>
void damage_and_use(const Make& make, const Uses&... uses) {
  using Object = decltype(make());
  std::mt19937 random(8);
  for (int round = 0; round < 40; ++round) {
    const auto with_damage = [&](const auto& use) {
      std::vector<Object> made;
      const auto blocks = blocks_of([&] { made.push_back(make()); });
      ASSERT_FALSE(blocks.empty());
      for (const auto& block : blocks) {
        overwrite(block, random);
      }
      use_in_time([&] { use(made.front()); });
      use_in_time([&] { use(made.front()); });
    };
    (with_damage(uses), ...);
  }
}

TEST(DamagedMemory, OfALockHangsNobody) {
  const auto acquire = [](auto& lock) { static_cast<void>(lock.acquire(true, 1ms)); };
  const auto release = [](auto& lock) { lock.release(); };
  const auto print = [](auto& lock) { static_cast<void>(to_string(lock)); };
  damage_and_use([] { return Lock(); }, acquire, release, print);
  damage_and_use([] { return RLock(); }, acquire, release, print);
  damage_and_use([] { return Semaphore(2); }, acquire, release, print);
}

TEST(DamagedMemory, OfAnEventHangsNobody) {
  damage_and_use([] { return Event(); },
                 [](Event& event) { static_cast<void>(event.wait(1ms)); },
                 [](Event& event) { event.set(); },
                 [](Event& event) { event.clear(); });
}

TEST(DamagedMemory, OfAConditionHangsNobody) {
  damage_and_use([] { return Condition(Lock()); },
                 [](Condition& condition) {
                   bool died = false;
                   if (condition.acquire({.timeout = 1ms, .owner_died = &died})) {
                     condition.wait(1ms, &died);
                   }
                 },
                 [](Condition& condition) {
                   bool died = false;
                   if (condition.acquire({.timeout = 1ms, .owner_died = &died})) {
                     condition.notify_all();
                   }
                 },
                 [](Condition& condition) { static_cast<void>(to_string(condition)); });
}

TEST(DamagedMemory, OfABarrierHangsNobody) {
  damage_and_use([] { return Barrier(3); },
                 [](Barrier& barrier) { barrier.wait(1ms); },
                 [](Barrier& barrier) { barrier.reset(); },
                 [](Barrier& barrier) { barrier.abort(); },
                 [](Barrier& barrier) { static_cast<void>(to_string(barrier)); });
}

// A copy of this process that has stopped with a lock.
class StoppedOwner {
 public:
  StoppedOwner(RobustLock& lock, Roster& roster)
      : child_([&] {
          static_cast<void>(lock.acquire(roster));
          return ::raise(SIGSTOP);
        }) {
    int status = 0;
    EXPECT_EQ(::waitpid(child_.pid(), &status, WUNTRACED), child_.pid());
    EXPECT_TRUE(WIFSTOPPED(status));
  }

 private:
  ForkedChild child_;
};

// D1: the guard of the waiters lies at the beginning of a condition's memory.
TEST(StoppedInACondition, CostsAWaiterItsTimeoutAtMost) {
  const auto object = SharedObject::make(sizeof(Waiters));
  const StoppedOwner owner(object->as<RobustLock>(), object->roster());
  use_in_time([&] {
    EXPECT_FALSE(
        object->as<Waiters>().enter(object->roster(), progeny::detail::Deadline(20ms)).has_value());
  });
}

// D1
TEST(StoppedInABarrier, BreaksItForAPartyWhoseTimeIsUp) {
  std::vector<Barrier> made;
  const auto blocks = blocks_of([&] { made.emplace_back(2); });
  ASSERT_EQ(blocks.size(), 1U);
  auto& guard = *reinterpret_cast<RobustLock*>(blocks.front().data());
  {
    const StoppedOwner owner(guard, *Roster::own());
    use_in_time([&] { EXPECT_THROW(made.front().wait(20ms), BrokenBarrierError); });
    EXPECT_TRUE(made.front().broken());
  }
  EXPECT_THROW(made.front().wait(very_long), BrokenBarrierError) << "it stays broken";
  made.front().reset();
  EXPECT_FALSE(made.front().broken());
}

// The party has come already when another process stops with the guard.
TEST(StoppedInABarrier, TurnsAwayAPartyThatWaits) {
  std::vector<Barrier> made;
  const auto blocks = blocks_of([&] { made.emplace_back(2); });
  auto& guard = *reinterpret_cast<RobustLock*>(blocks.front().data());
  ForkedChild party([&] {
    try {
      made.front().wait(300ms);
    } catch (const BrokenBarrierError&) {
      return 0;
    }
    return 1;
  });
  ASSERT_TRUE(eventually([&] { return made.front().n_waiting() == 1; }));
  {
    const StoppedOwner owner(guard, *Roster::own());
    EXPECT_EQ(party.wait(), 0);
    EXPECT_TRUE(made.front().broken());
  }
  made.front().reset();
  EXPECT_EQ(made.front().n_waiting(), 0);
}

}  // namespace
