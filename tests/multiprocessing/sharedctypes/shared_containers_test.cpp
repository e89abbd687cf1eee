// Containers that several processes change.

#include "multiprocessing/methods.hpp"

#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/sharedctypes/shared_containers.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::ValueError;
using progeny::multiprocessing::Connection;
using progeny::multiprocessing::OwnerDied;
using progeny::multiprocessing::Shared;
using progeny::multiprocessing::SharedMap;
using progeny::multiprocessing::SharedString;
using progeny::multiprocessing::SharedVector;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

using Numbers = Shared<SharedVector<int>>;
using Ages = Shared<SharedMap<SharedString, int>>;
using Lists = Shared<SharedMap<SharedString, SharedVector<SharedString>>>;

class SharedContainers : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(SharedContainers);

class SharedContainer : public ::testing::Test {
 protected:
  // The first object makes the roster, which lives as long as the process.
  static void SetUpTestSuite() { const Numbers first(1U << 14U); }
};

void append(Numbers& numbers, int first, int count) {
  for (int i = 0; i < count; ++i) {
    numbers.acquire()->push_back(first + i);
  }
}

TEST_P(SharedContainers, AreChangedBySeveralProcesses) {
  Numbers numbers(1U << 20U);
  std::vector<mp::Process> processes;
  processes.reserve(4);
  for (int i = 0; i < 4; ++i) {
    processes.push_back(started(append, numbers, 1000 * i, 1000));
  }
  for (auto& process : processes) {
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(process.exitcode(), 0);
  }
  const auto all = numbers.acquire();
  EXPECT_EQ(all->size(), 4000U);
  std::sort(all->begin(), all->end());
  for (int i = 0; i < 4000; ++i) {
    ASSERT_EQ((*all)[static_cast<std::size_t>(i)], i);
  }
}

void note_ages(Ages& ages) {
  const auto map = ages.acquire();
  ++map->at(map.string("Anna"));
  map->emplace("a name that is too long for the short form of a string", 33);
}

TEST_P(SharedContainers, AreMapsWithStringsAsKeys) {
  Ages ages(1U << 16U);
  ages.acquire()->emplace("Anna", 1);
  EXPECT_EQ(exitcode_of(note_ages, ages), 0);
  const auto map = ages.acquire();
  EXPECT_EQ(map->size(), 2U);
  EXPECT_EQ(map->at(map.string("Anna")), 2);
  EXPECT_EQ(map->at(map.string("a name that is too long for the short form of a string")), 33);
}

void add_lines(Lists& lists) {
  const auto map = lists.acquire();
  auto& lines = (*map)[map.string("a key that is too long for the short form of a string")];
  for (int i = 0; i < 100; ++i) {
    lines.emplace_back("a line that is too long for the short form of a string");
  }
}

TEST_P(SharedContainers, MayContainEachOther) {
  Lists lists(1U << 20U);
  EXPECT_EQ(exitcode_of(add_lines, lists), 0);
  EXPECT_EQ(exitcode_of(add_lines, lists), 0);
  const auto map = lists.acquire();
  ASSERT_EQ(map->size(), 1U);
  EXPECT_EQ(map->begin()->second.size(), 200U);
  EXPECT_EQ(map->begin()->second.back(), "a line that is too long for the short form of a string");
}

TEST_F(SharedContainer, ThatIsFullThrowsAndIsAsItWas) {
  Numbers numbers(1U << 14U);
  const auto all = numbers.acquire();
  std::size_t count = 0;
  EXPECT_THROW(for (;; ++count) { all->push_back(7); }, std::bad_alloc);
  EXPECT_GT(count, 500U);
  EXPECT_EQ(all->size(), count);
  EXPECT_THROW(all->resize(std::size_t{1} << 60U), std::exception);
  all->clear();
  all->shrink_to_fit();
  all->resize(count, 1);
  EXPECT_EQ(all->size(), count);
}

TEST_F(SharedContainer, NeedsRoomForItself) {
  EXPECT_THROW(Numbers(16), ValueError);
}

TEST_F(SharedContainer, IsNobodyElsesMeanwhile) {
  Numbers numbers(1U << 14U);
  {
    const auto all = numbers.acquire();
    EXPECT_FALSE(Numbers(numbers).acquire(0s).has_value());
  }
  EXPECT_TRUE(Numbers(numbers).acquire(0s).has_value());
}

void hold(Connection& connection, Numbers& numbers) {
  const auto all = numbers.acquire();
  all->push_back(1);
  connection.send_bytes("held");
  wait_for_word(connection);
}

TEST_P(SharedContainers, TellAllWhenAHolderWasKilledInTheMiddle) {
  Numbers numbers(1U << 14U);
  auto [ours, theirs] = mp::Pipe();
  auto process = started(hold, std::move(theirs), numbers);
  EXPECT_EQ(ours.recv_bytes(), "held");
  process.kill();
  EXPECT_THROW(static_cast<void>(numbers.acquire()), OwnerDied);
  EXPECT_THROW(static_cast<void>(numbers.acquire(0s)), OwnerDied)
      << "an attempt does not clear the mark";
  EXPECT_TRUE(process.join(very_long));
  numbers.reset();
  EXPECT_TRUE(numbers.acquire()->empty());
}

TEST_P(SharedContainers, AreUsableAfterAUserThatWasKilledInNobodysTurn) {
  Numbers numbers(1U << 14U);
  auto [ours, theirs] = mp::Pipe();
  auto process = started(
      [](Connection& connection, Numbers& all) {
        append(all, 5, 1);
        connection.send_bytes("done");
        wait_for_word(connection);
      },
      std::move(theirs),
      numbers);
  EXPECT_EQ(ours.recv_bytes(), "done");
  process.kill();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(numbers.acquire()->size(), 1U);
}

}  // namespace
