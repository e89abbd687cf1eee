// ShareableList and SharedMemoryManager.

#include "multiprocessing/family.posix.hpp"
#include "multiprocessing/methods.hpp"
#include "support/children/process_copy.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_list.hpp>
#include <progeny/multiprocessing/shared_memory_manager.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using progeny::OSError;
using progeny::UsageError;
using progeny::ValueError;
using progeny::multiprocessing::Connection;
using progeny::multiprocessing::managers::SharedMemoryManager;
using progeny::multiprocessing::shared_memory::ShareableList;
using progeny::multiprocessing::shared_memory::ShareableValue;
using progeny::multiprocessing::shared_memory::SharedMemory;
using progeny::testing::is_there;
using progeny::testing::Unlinking;

class TravellingList : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(TravellingList);

ShareableValue::Bytes bytes(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

std::vector<ShareableValue> all_kinds() {
  return {"howdy", bytes("HoWdY"), -273.154, 100, nullptr, true, 42};
}

template <class Shown>
std::string shown(const Shown& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

// MP-202
TEST(ShareableList, HoldsValuesOfSeveralTypes) {
  ShareableList list(all_kinds());
  const Unlinking unlinking(list);
  EXPECT_EQ(list.size(), 7U);
  EXPECT_EQ(std::as_const(list)[0].get<std::string>(), "howdy");
  EXPECT_EQ(list[1].get<ShareableValue::Bytes>(), bytes("HoWdY"));
  EXPECT_EQ(list.at(2).get<double>(), -273.154);
  EXPECT_EQ(list.at(3).get<std::int64_t>(), 100);
  EXPECT_TRUE(list.at(4).is_none());
  EXPECT_TRUE(list.at(5).get<bool>());
  EXPECT_EQ(list.at(-1).get<std::int64_t>(), 42);
  EXPECT_EQ(list.at(-7).get<std::string>(), "howdy");
  EXPECT_EQ(list.format(), "8s8sdqxxxxxx?xxxxxxxx?q");
  EXPECT_TRUE(std::ranges::equal(list, all_kinds()));
}

// MP-202
TEST(ShareableList, CountsAndFindsValues) {
  ShareableList list{"a", 1, "a", 1.0, true, 2.5};
  const Unlinking unlinking(list);
  EXPECT_EQ(list.count("a"), 2);
  EXPECT_EQ(list.count(1), 3) << "as in Python, where 1 == 1.0 == True";
  EXPECT_EQ(list.count("b"), 0);
  EXPECT_EQ(list.index(2.5), 5);
  EXPECT_EQ(list.index(1), 1);
  EXPECT_THROW(static_cast<void>(list.index("b")), ValueError);
}

// MP-202, MP-205
TEST(ShareableList, HasNoItemsBeyondItsEnds) {
  ShareableList list{1, 2};
  const Unlinking unlinking(list);
  for (const std::ptrdiff_t index : {2, -3, 1000, -1000}) {
    EXPECT_THROW(static_cast<void>(list.at(index)), std::out_of_range);
    EXPECT_THROW(list[index] = 1, std::out_of_range);
  }
}

// MP-203
TEST(ShareableList, ChangesTheTypesOfItsItems) {
  ShareableList list{1, "text", 2};
  const Unlinking unlinking(list);
  list[0] = "word";
  list[1] = 2.5;
  EXPECT_EQ(list.at(0), "word");
  EXPECT_EQ(list.at(1), 2.5);
  list[1] = nullptr;
  list[1] = "textual";
  EXPECT_EQ(list.at(1), "textual");
  EXPECT_EQ(list.at(2), 2);
}

// MP-203
TEST(ShareableList, HasRoomForAMultipleOfEightBytes) {
  ShareableList list{1, "1234567", 2, std::string(8, 'x')};
  const Unlinking unlinking(list);
  list[1] = "12345678";
  EXPECT_EQ(list.at(1), "12345678");
  EXPECT_THROW(list[1] = "123456789", ValueError);
  EXPECT_THROW(list[1] = bytes("123456789"), ValueError);
  EXPECT_EQ(list.at(1), "12345678");
  EXPECT_EQ(list.at(0), 1);
  EXPECT_EQ(list.at(2), 2);
  list[3] = std::string(16, 'y');
  EXPECT_EQ(list.at(3), std::string(16, 'y'));
  list[0] = "12345678";
  EXPECT_THROW(list[0] = "123456789", ValueError);
}

// MP-203
TEST(ShareableList, HoldsIntegersOf64Bits) {
  using Limits = std::numeric_limits<std::int64_t>;
  ShareableList list{Limits::min(), Limits::max()};
  const Unlinking unlinking(list);
  EXPECT_EQ(list.at(0), Limits::min());
  EXPECT_EQ(list.at(1), Limits::max());
  EXPECT_THROW(list[0] = std::uint64_t{1} << 63U, std::out_of_range);
  EXPECT_EQ(list.at(0), Limits::min());
}

// MP-204
TEST(ShareableList, IsIndependentOfItsCopyAndTheSameByName) {
  ShareableList list(all_kinds());
  const Unlinking unlinking(list);
  const auto name = list.shm().name() + "_copy";
  ShareableList copy(list, {.name = name});
  const Unlinking unlinking_copy(copy);
  EXPECT_EQ(copy.shm().name(), name);
  copy[3] = 7;
  EXPECT_EQ(list.at(3), 100);
  ShareableList same(name);
  EXPECT_EQ(same.at(3), 7);
  same[0] = "same";
  EXPECT_EQ(copy.at(0), "same");
}

// MP-204
TEST(ShareableList, MayBeEmpty) {
  ShareableList list(std::vector<ShareableValue>{});
  const Unlinking unlinking(list);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.format(), "");
  EXPECT_THROW(static_cast<void>(list.index(1)), ValueError);
  EXPECT_THROW(static_cast<void>(list.at(0)), std::out_of_range);
  EXPECT_EQ(ShareableList(list.shm().name()).size(), 0U);
}

// MP-204
TEST(ShareableList, IsItsNameOnTheWay) {
  ShareableList small(std::vector<int>(10));
  const Unlinking unlinking(small);
  ShareableList large(std::vector<int>(400));
  auto bytes = progeny::serial::to_bytes(large);
  EXPECT_EQ(progeny::serial::to_bytes(small).size(), bytes.size());
  EXPECT_EQ(progeny::serial::from_bytes<ShareableList>(bytes).size(), 400U);
  large.shm().unlink();
  EXPECT_THROW(static_cast<void>(progeny::serial::from_bytes<ShareableList>(bytes)), OSError);
}

void double_all(Connection& connection, ShareableList& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto index = static_cast<std::ptrdiff_t>(i);
    list[index] = 2 * list[index].get<std::int64_t>();
  }
  connection.send(list.size());
}

// MP-204
TEST_P(TravellingList, IsAttachedToInTheChild) {
  ShareableList list{1, 2, 3};
  const Unlinking unlinking(list);
  EXPECT_EQ(answer_of<std::size_t>(double_all, ShareableList(list.shm().name())), 3U);
  EXPECT_TRUE(std::ranges::equal(list, std::vector<ShareableValue>{2, 4, 6}));
}

// MP-205
TEST(ShareableList, KeepsWhatPythonLoses) {
  const std::string with_nuls("a\0b\0\0", 5);
  const std::string eight("1234567\0", 8);
  ShareableList list{with_nuls, bytes(with_nuls), eight, "äöüß€"};
  const Unlinking unlinking(list);
  EXPECT_EQ(list.at(0), with_nuls);
  EXPECT_EQ(list.at(1).get<ShareableValue::Bytes>(), bytes(with_nuls));
  EXPECT_EQ(list.at(2), eight);
  EXPECT_EQ(list.at(3), "äöüß€");
  list[0] = "plain";
  EXPECT_EQ(list.at(0), "plain");
  list[0] = std::string(1, '\0');
  EXPECT_EQ(list.at(0), std::string(1, '\0'));
}

TEST(ShareableList, RefusesMemoryThatHoldsNoList) {
  SharedMemory memory({.create = true, .size = 64});
  const Unlinking unlinking(memory);
  const auto words = memory.buf<std::uint64_t>();
  const std::vector<std::vector<std::uint64_t>> impossible{
      {~std::uint64_t{0}},
      {1, 0, 64},
      {1, 0, ~std::uint64_t{0}},
      {1, 0, 4},
      {1, 40},
      {2, 0, 8, 0},
      {3, 0, 8, 16, 24},
  };
  for (const auto& content : impossible) {
    std::ranges::fill(words, 0);
    std::ranges::copy(content, words.begin());
    EXPECT_THROW(ShareableList(memory.name()), ValueError) << content.front();
  }
}

TEST(ShareableList, RefusesFormatsThatDoNotFit) {
  ShareableList list{1};
  const Unlinking unlinking(list);
  const auto format =
      list.shm().buf().subspan(32, 8);  // Behind the count, two offsets and the item.
  for (const char* const impossible : {"", "9s", "s", "-1s", "xs", "i", "99999999s"}) {
    std::ranges::fill(format, std::byte{0});
    std::memcpy(format.data(), impossible, std::min<std::size_t>(std::strlen(impossible), 8));
    EXPECT_THROW(static_cast<void>(list.at(0)), ValueError) << impossible;
  }
}

TEST(ShareableList, PrintsAsInPython) {
  ShareableList list{"it's", bytes("b\n"), 1.0, 2.5e100, 100, nullptr, true};
  const Unlinking unlinking(list);
  EXPECT_EQ(shown(list),
            "ShareableList([\"it's\", b'b\\n', 1.0, 2.5e+100, 100, None, True], name='" +
                list.shm().name() + "')");
}

// MP-206
TEST(SharedMemoryManager, MakesNothingBeforeItIsStarted) {
  SharedMemoryManager manager;
  EXPECT_THROW(static_cast<void>(manager.SharedMemory(8)), ValueError);
  EXPECT_THROW(static_cast<void>(manager.ShareableList({1})), ValueError);
  manager.start();
  EXPECT_THROW(manager.start(), UsageError);
  manager.shutdown();
  EXPECT_THROW(static_cast<void>(manager.SharedMemory(8)), ValueError);
}

// MP-206
TEST(SharedMemoryManager, RemovesWhatItHasMadeAtItsEnd) {
  std::string block;
  std::string list;
  std::string unlinked;
  {
    SharedMemoryManager manager;
    manager.start();
    block = manager.SharedMemory(128).name();
    list = manager.ShareableList({1, "two"}).shm().name();
    auto third = manager.SharedMemory(8);
    unlinked = third.name();
    third.unlink();
    EXPECT_EQ(SharedMemory(block).size(), 128U);
    EXPECT_EQ(ShareableList(list).at(1), "two");
  }
  EXPECT_FALSE(is_there(block));
  EXPECT_FALSE(is_there(list));
  EXPECT_FALSE(is_there(unlinked));
}

// MP-206
TEST(SharedMemoryManager, RemovesNothingInACopyOfItsProcess) {
  SharedMemoryManager manager;
  manager.start();
  const auto name = manager.SharedMemory(8).name();
  EXPECT_EQ(progeny::testing::verdict_of_copy([&] {
              const SharedMemoryManager copy(std::move(manager));
              return 0;
            }),
            0);
  EXPECT_TRUE(is_there(name));
}

}  // namespace
