// What Values and Arrays print, and how the references to their elements are used.

#include <progeny/multiprocessing/format.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <ranges>
#include <sstream>
#include <string>
#include <vector>

namespace {

using progeny::multiprocessing::Array;
using progeny::multiprocessing::Lock;
using progeny::multiprocessing::RawArray;
using progeny::multiprocessing::RawValue;
using progeny::multiprocessing::typecode;
using progeny::multiprocessing::Value;

struct Point {
  int x;
  int y;
};

template <class T>
std::string printed(const T& object) {
  std::ostringstream out;
  out << object;
  return out.str();
}

// L
TEST(ReprOfAValue, IsPythons) {
  EXPECT_EQ(printed(Value<int>(5)), "<Synchronized wrapper for c_int(5)>");
  EXPECT_EQ(printed(Value<double>(0.1)), "<Synchronized wrapper for c_double(0.1)>");
  EXPECT_EQ(printed(Value<double, Lock>(3)), "<Synchronized wrapper for c_double(3.0)>");
  EXPECT_EQ(printed(Value<char>('a')), "<Synchronized wrapper for c_char(b'a')>");
  EXPECT_EQ(printed(Value<wchar_t>(L'x')), "<Synchronized wrapper for c_wchar('x')>");
  EXPECT_EQ(printed(Value<wchar_t>(L'\u00e9')), "<Synchronized wrapper for c_wchar('\u00e9')>");
  EXPECT_EQ(printed(Value<bool>(true)), "<Synchronized wrapper for c_bool(True)>");
  EXPECT_EQ(printed(Value<typecode<'q'>>(-7)), "<Synchronized wrapper for c_long(-7)>");
  EXPECT_EQ(printed(Value<typecode<'B'>>(9)), "<Synchronized wrapper for c_ubyte(9)>");
  EXPECT_EQ(printed(Value<float>(1.5F)), "<Synchronized wrapper for c_float(1.5)>");
  EXPECT_EQ(printed(RawValue<unsigned short>(3)), "c_ushort(3)");
  EXPECT_EQ(fmt::format("{}", Value<int>(5)), "<Synchronized wrapper for c_int(5)>");
}

TEST(ReprOfAValue, OfAClassIsItsPlace) {
  const RawValue<Point> point(1, 2);
  EXPECT_EQ(printed(point),
            fmt::format("<object of 8 bytes at {}>", static_cast<const void*>(point.data())));
}

TEST(ReprOfAnArray, IsPythons) {
  const RawArray<int> raw(3);
  const std::string text = fmt::format("<multiprocessing.sharedctypes.c_int_Array_3 object at {}>",
                                       static_cast<const void*>(raw.data()));
  EXPECT_EQ(printed(raw), text);
  EXPECT_EQ(printed(Array<int>(raw)), "<SynchronizedArray wrapper for " + text + ">");
  EXPECT_EQ(printed(Array<char>("abc")).find("<SynchronizedString wrapper for "), 0U);
}

// K
TEST(LockedReferences, AreAssignedToEachOther) {
  const Array<int> array{1, 2, 3};
  const Value<int> value(7);
  const Value<double, Lock> other(2.5);
  array[0] = *value;
  array[1] = array[0];
  *other = array[2];
  *value = array[2];
  EXPECT_EQ(array[0], 7);
  EXPECT_EQ(array[1], 7);
  EXPECT_EQ(other.value(), 3.0);
  EXPECT_EQ(value.value(), 3);
}

TEST(LockedReferences, CountBeforeAndAfter) {
  const Value<int> value(7);
  EXPECT_EQ((*value)++, 7);
  EXPECT_EQ((*value)--, 8);
  EXPECT_EQ(++*value, 8);
  *value %= 5;
  *value <<= 2;
  *value |= 1;
  EXPECT_EQ(value.value(), 13);
}

TEST(LockedReferences, AreNoCopies) {
  const Value<int> value(7);
  auto reference = *value;
  reference = 9;
  EXPECT_EQ(value.value(), 9);
  const int copy = *value;
  *value = 1;
  EXPECT_EQ(copy, 9);
  EXPECT_EQ(std::max<int>(*value, 3), 3);
  EXPECT_EQ(std::max(value.value(), 3), 3);
}

TEST(LockedReferences, SwapTheirValues) {
  const Array<int> array{1, 2};
  const Value<int> value(7);
  swap(array[0], array[1]);
  EXPECT_EQ(array.slice(), (std::vector<int>{2, 1}));
  swap(array[0], *value);
  EXPECT_EQ(array.slice(), (std::vector<int>{7, 1}));
  std::iter_swap(array.begin(), array.begin() + 1);
  EXPECT_EQ(array.slice(), (std::vector<int>{1, 7}));
  EXPECT_EQ(value.value(), 2);
}

// More elements than std::sort orders by insertion.
TEST(ArrayIterators, AreSorted) {
  std::vector<int> numbers(100);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::vector<int> mixed = numbers;
  std::ranges::reverse(mixed);
  std::ranges::rotate(mixed, mixed.begin() + 37);
  const Array<int> first(mixed);
  std::sort(first.begin(), first.end());
  EXPECT_EQ(first.slice(), numbers);
  const Array<int> second(mixed);
  std::ranges::sort(second);
  EXPECT_EQ(second.slice(), numbers);
  const Array<int, Lock> third(mixed);
  std::stable_sort(third.begin(), third.end(), std::greater<>());
  EXPECT_EQ(third[0], 99);
  EXPECT_EQ(third[-1], 0);
  std::ranges::reverse(third);
  EXPECT_EQ(third.slice(), numbers);
}

TEST(ArrayIterators, ReachEveryElement) {
  static_assert(std::random_access_iterator<Array<int>::iterator>);
  static_assert(std::ranges::random_access_range<const Array<int>>);
  const Array<int> array{10, 20, 30, 40};
  const auto begin = array.begin();
  EXPECT_EQ(begin[2], 30);
  EXPECT_EQ(*(1 + begin), 20);
  EXPECT_EQ(*(array.end() - 1), 40);
  EXPECT_EQ(array.end() - begin, 4);
  EXPECT_LT(begin, array.end());
  EXPECT_EQ(*std::lower_bound(begin, array.end(), 25), 30);
  EXPECT_EQ(std::accumulate(begin, array.end(), 0), 100);
  auto moving = array.end();
  --moving;
  EXPECT_EQ(*moving--, 40);
  EXPECT_EQ(*moving, 30);
  moving -= 2;
  EXPECT_EQ(moving, begin);
}

}  // namespace
