// Arrays within one process: elements, slices and text.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <list>
#include <numeric>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace mp = progeny::multiprocessing;
using mp::Array;
using mp::Lock;
using mp::RawArray;
using mp::RLock;
using mp::typecode;

// MP-134
TEST(Array, HasALockOfItsOwnOrTheOneGiven) {
  RLock lock;
  const Array<int> given({1, 2}, {.lock = lock});
  lock.acquire();
  EXPECT_TRUE(given.get_lock().locked());
  EXPECT_EQ(given[1], 2);
  lock.release();
  const Array<int> own({1, 2});
  EXPECT_FALSE(own.get_lock().locked());
  EXPECT_EQ(own.get_obj()[0], 1);
  const Array<int, Lock> simple(3);
  EXPECT_EQ(simple[2], 0);
}

// MP-137
TEST(Array, HasTheElementsOfASequence) {
  const std::vector<int> source{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const Array<int> array(source);
  const RawArray<int> raw(source);
  ASSERT_EQ(array.size(), 10U);
  for (std::ptrdiff_t i = 0; i < 10; ++i) {
    EXPECT_EQ(array[i], i);
    EXPECT_EQ(raw[i], i);
  }
  EXPECT_EQ(array.slice(), source);
  EXPECT_EQ(array.slice({.start = 2, .stop = 7}), std::vector({2, 3, 4, 5, 6}));
  array.set_slice({.start = 4, .stop = 8}, std::list<short>{1, 2, 3, 4});
  raw.set_slice({.start = 4, .stop = 8}, {1, 2, 3, 4});
  const std::vector<int> expected{0, 1, 2, 3, 1, 2, 3, 4, 8, 9};
  EXPECT_EQ(array.slice(), expected);
  EXPECT_EQ(raw.slice(), expected);
}

TEST(Array, CanBeMadeOfManyThings) {
  EXPECT_EQ(Array({1.5, 2.5}).size(), 2U);
  EXPECT_EQ(RawArray<double>(std::array{1, 2, 3})[2], 3.0);
  EXPECT_EQ(RawArray<signed char>(std::vector{300})[0], 44);
  EXPECT_EQ(RawArray<char>("text").size(), 4U);
  EXPECT_EQ(Array<char>(std::string("text")).value(), "text");
  EXPECT_EQ(Array(std::vector{1L}).size(), 1U);
}

TEST(RawArray, IsAContiguousRange) {
  const RawArray<int> array{3, 1, 2};
  static_assert(std::ranges::contiguous_range<RawArray<int>>);
  std::ranges::sort(array);
  const std::span<int> span(array);
  EXPECT_EQ(span[0], 1);
  EXPECT_EQ(array[-1], 3);
  EXPECT_EQ(std::accumulate(array.begin(), array.end(), 0), 6);
}

TEST(Array, CanBeGoneOver) {
  const Array<int> array{1, 2, 3};
  static_assert(std::input_iterator<Array<int>::iterator>);
  for (const auto& element : array) {
    element *= 2;
  }
  EXPECT_EQ(std::accumulate(array.begin(), array.end(), 0), 12);
}

// MP-138
TEST(Array, OfASizeIsAllZerosAlsoInUsedMemory) {
  for (int round = 0; round < 3; ++round) {
    const Array<int> array(100);
    EXPECT_EQ(array.slice(), std::vector<int>(100));
    array.set_slice({}, std::vector<int>(100, -1));
  }
}

// MP-138
TEST(Array, MayBeEmptyAndNotNegative) {
  const Array<int> empty(0);
  EXPECT_TRUE(empty.empty());
  EXPECT_TRUE(empty.slice().empty());
  EXPECT_THROW(Array<int>(-1), progeny::ValueError);
  EXPECT_THROW(RawArray<int>(-1), progeny::ValueError);
}

TEST(Array, OfMoreThanThereIsMemoryIsAnError) {
  constexpr auto largest = std::numeric_limits<std::ptrdiff_t>::max();
  EXPECT_THROW(static_cast<void>(RawArray<int>(largest)), std::overflow_error);
  EXPECT_THROW(static_cast<void>(RawArray<char>(largest)), std::overflow_error);
  EXPECT_THROW(RawArray<int>(std::ptrdiff_t{1} << 48), progeny::OSError);
}

// MP-139
TEST(Array, IndexesCountFromBothEnds) {
  const Array<int> array{1, 2, 3};
  EXPECT_EQ(array[-1], 3);
  EXPECT_EQ(array[-3], 1);
  array[-2] = 7;
  EXPECT_EQ(array[1], 7);
  EXPECT_THROW(static_cast<void>(array[3]), std::out_of_range);
  EXPECT_THROW(static_cast<void>(array[-4]), std::out_of_range);
  EXPECT_THROW(array[3] = 1, std::out_of_range);
  EXPECT_THROW(array[std::numeric_limits<std::ptrdiff_t>::min()] = 1, std::out_of_range);
  const RawArray<int> raw{1, 2, 3};
  EXPECT_EQ(raw[-1], 3);
  EXPECT_THROW(static_cast<void>(raw[3]), std::out_of_range);
}

// MP-139
TEST(Array, SlicesAreClippedAndMayHaveSteps) {
  const Array<int> array{0, 1, 2, 3, 4};
  EXPECT_TRUE(array.slice({.start = 10, .stop = 20}).empty());
  EXPECT_EQ(array.slice({.start = 3, .stop = 20}), std::vector({3, 4}));
  EXPECT_EQ(array.slice({.start = -2}), std::vector({3, 4}));
  EXPECT_EQ(array.slice({.start = -9, .stop = 2}), std::vector({0, 1}));
  EXPECT_TRUE(array.slice({.start = 3, .stop = 1}).empty());
  EXPECT_EQ(array.slice({.step = 2}), std::vector({0, 2, 4}));
  EXPECT_EQ(array.slice({.start = 1, .step = 2}), std::vector({1, 3}));
  EXPECT_EQ(array.slice({.step = -1}), std::vector({4, 3, 2, 1, 0}));
  EXPECT_EQ(array.slice({.start = 3, .stop = 0, .step = -2}), std::vector({3, 1}));
  EXPECT_EQ(array.slice({.step = std::numeric_limits<std::ptrdiff_t>::min()}), std::vector({4}));
  EXPECT_EQ(array.slice({.step = std::numeric_limits<std::ptrdiff_t>::max()}), std::vector({0}));
  EXPECT_THROW(static_cast<void>(array.slice({.step = 0})), progeny::ValueError);
  array.set_slice({.step = 2}, {7, 8, 9});
  EXPECT_EQ(array.slice(), std::vector({7, 1, 8, 3, 9}));
}

// MP-139
TEST(Array, ASliceTakesAsManyAsItHas) {
  const Array<int> array{0, 1, 2, 3, 4};
  EXPECT_THROW(array.set_slice({.start = 1, .stop = 3}, {9}), progeny::ValueError);
  EXPECT_THROW(array.set_slice({.start = 1, .stop = 3}, {9, 9, 9}), progeny::ValueError);
  EXPECT_EQ(array.slice(), std::vector({0, 1, 2, 3, 4}));
}

// MP-140
TEST(CharArray, TextsEndAtTheFirstNul) {
  const Array<char> array("hi lo you");
  EXPECT_EQ(array.value(), "hi lo you");
  array.set_value("hi");
  EXPECT_EQ(array.value(), "hi");
  EXPECT_EQ(array.raw(), std::string("hi\0lo you", 9));
  array.set_value("123456789");
  EXPECT_EQ(array.value(), "123456789");
  EXPECT_THROW(array.set_value("1234567890"), progeny::ValueError);
  EXPECT_EQ(array.value(), "123456789");
}

// MP-140
TEST(CharArray, RawSetsTheFirstBytes) {
  const Array<char> array(8);
  array.set_value("hello");
  array.set_value("lo");
  EXPECT_EQ(array.raw(), std::string("lo\0lo\0\0\0", 8));
  array.set_raw("hi");
  EXPECT_EQ(array.raw(), std::string("hi\0lo\0\0\0", 8));
  EXPECT_THROW(array.set_raw("123456789"), progeny::ValueError);
  EXPECT_EQ(array.slice({.start = 3, .stop = 5}), "lo");
}

// MP-133
TEST(CharArray, MayBeWide) {
  const RawArray<typecode<'u'>> array(5);
  array.set_value(L"caf\u00e9");
  EXPECT_EQ(array.value(), L"caf\u00e9");
  EXPECT_THROW(array.set_value(L"123456"), progeny::ValueError);
}

}  // namespace
