// Values and arrays in one process: what is stored, and what is refused.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <numeric>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

namespace mp = progeny::multiprocessing;
namespace sharedctypes = mp::sharedctypes;
using mp::Array;
using mp::Lock;
using mp::RawArray;
using mp::RawValue;
using mp::RLock;
using mp::typecode;
using mp::Value;

struct Point {
  int x;
  double y;
  std::int64_t z;
  friend bool operator==(const Point&, const Point&) = default;
};

struct alignas(64) CacheLine {
  int word;
};

// MP-133
static_assert(std::is_same_v<typecode<'c'>, char> && std::is_same_v<typecode<'u'>, wchar_t>);
static_assert(std::is_same_v<typecode<'b'>, signed char> &&
              std::is_same_v<typecode<'B'>, unsigned char>);
static_assert(std::is_same_v<typecode<'h'>, short> &&
              std::is_same_v<typecode<'H'>, unsigned short>);
static_assert(std::is_same_v<typecode<'i'>, int> && std::is_same_v<typecode<'I'>, unsigned>);
static_assert(std::is_same_v<typecode<'l'>, long> && std::is_same_v<typecode<'L'>, unsigned long>);
static_assert(std::is_same_v<typecode<'q'>, long long> &&
              std::is_same_v<typecode<'Q'>, unsigned long long>);
static_assert(std::is_same_v<typecode<'f'>, float> && std::is_same_v<typecode<'d'>, double>);

// MP-133: a fraction is not stored into a whole number, nor two characters into one.
template <class V, class Initial>
concept CanBe = std::is_constructible_v<V, Initial>;
template <class V, class New>
concept CanGet = requires(const V& value, const New& stored) { value.set_value(stored); };
static_assert(CanBe<Value<int>, short> && CanBe<Value<double>, int>);
static_assert(!CanBe<Value<int>, double> && !CanBe<RawValue<int>, float>);
static_assert(!CanBe<Value<char>, const char*>);
static_assert(CanGet<Value<int>, long> && !CanGet<Value<int>, double>);
static_assert(CanGet<RawValue<float>, double> && !CanGet<RawValue<long>, double>);

// MP-134: no lock without `acquire`, and none in the raw forms.
template <class V>
concept HasLock = requires(const V& value) {
  value.get_lock();
  value.get_obj();
};
static_assert(HasLock<Value<int>> && HasLock<Array<int>>);
static_assert(!HasLock<RawValue<int>> && !HasLock<RawArray<int>>);
template <class Object, class L>
concept CanHaveLock =
    requires(const Object& object, const L& lock) { sharedctypes::synchronized(object, lock); };
static_assert(CanHaveLock<RawValue<int>, Lock> && CanHaveLock<RawArray<int>, RLock>);
static_assert(!CanHaveLock<RawValue<int>, int> && !CanHaveLock<RawArray<int>, std::string>);
// MP-142
static_assert(!CanHaveLock<Value<int>, Lock> && !CanHaveLock<Array<int>, RLock>);

// What lies in shared memory means the same in every process.
template <class T>
concept CanBeShared = mp::detail::SharedType<T>;
static_assert(CanBeShared<Point> && !CanBeShared<int*> && !CanBeShared<std::string>);

// MP-133
template <class V>
class Zero : public ::testing::Test {};
using EveryTypecode = ::testing::Types<Value<typecode<'c'>>,
                                       Value<typecode<'u'>>,
                                       Value<typecode<'b'>>,
                                       Value<typecode<'B'>>,
                                       Value<typecode<'h'>>,
                                       Value<typecode<'H'>>,
                                       Value<typecode<'i'>>,
                                       Value<typecode<'I'>>,
                                       Value<typecode<'l'>>,
                                       Value<typecode<'L'>>,
                                       Value<typecode<'q'>>,
                                       Value<typecode<'Q'>>,
                                       Value<typecode<'f'>>,
                                       Value<typecode<'d'>>>;
TYPED_TEST_SUITE(Zero, EveryTypecode);

TYPED_TEST(Zero, IsWhatAValueIsAtFirst) {
  const TypeParam value;
  EXPECT_EQ(value.value(), 0);
}

// MP-132
TEST(Value, StartsWithItsInitialValue) {
  EXPECT_EQ(Value<typecode<'i'>>(-7).value(), -7);
  EXPECT_EQ(Value<typecode<'d'>>(3.625).value(), 3.625);
  EXPECT_EQ(Value<typecode<'h'>>(-232).value(), -232);
  EXPECT_EQ(Value<typecode<'q'>>(std::int64_t{1} << 33).value(), std::int64_t{1} << 33);
  EXPECT_EQ(Value<typecode<'c'>>('x').value(), 'x');
  EXPECT_EQ(RawValue<typecode<'q'>>(std::int64_t{1} << 33).value(), std::int64_t{1} << 33);
}

// MP-133
TEST(Value, WholeNumbersWrap) {
  const Value<typecode<'b'>> value(128);
  EXPECT_EQ(value.value(), -128);
  value.set_value(300);
  EXPECT_EQ(value.value(), 44);
  *value = 128;
  EXPECT_EQ(value.value(), -128);
  const RawValue<typecode<'H'>> raw(-1);
  EXPECT_EQ(raw.value(), 65535);
}

TEST(Value, IsAReference) {
  const Value<int> value(1);
  const Value<int> same = value;  // NOLINT(performance-unnecessary-copy-initialization)
  Value<int> other(5);
  same.set_value(2);
  EXPECT_EQ(value.value(), 2);
  other = value;
  *other = 3;
  EXPECT_EQ(value.value(), 3);
}

TEST(Value, CanBeCalculatedWith) {
  const Value value(10);
  *value += 5;
  *value -= 3;
  *value *= 4;
  *value /= 6;
  EXPECT_EQ(*value, 8);
  ++*value;
  EXPECT_EQ(*value, 9);
  --*value;
  EXPECT_EQ(value.value(), 8);
}

// MP-134
TEST(Value, HasALockOfItsOwnOrTheOneGiven) {
  const Value<int> own(5);
  const Value<int> another(5);
  own.acquire();
  EXPECT_TRUE(own.get_lock().locked());
  EXPECT_FALSE(another.get_lock().locked());
  own.acquire();  // It is recursive.
  own.release();
  own.release();
  EXPECT_FALSE(own.get_lock().locked());

  Lock lock;
  const Value<int, Lock> given(5, {.lock = lock});
  lock.acquire();
  EXPECT_TRUE(given.get_lock().locked());
  EXPECT_FALSE(given.acquire(false));
  lock.release();
  EXPECT_EQ(given.value(), 5);
  EXPECT_EQ(given.get_obj().value(), 5);
}

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

// Tells how often it was taken.
class CountingLock {
 public:
  void lock() { ++taken_->first; }
  void unlock() { ++taken_->second; }
  [[nodiscard]] std::pair<int, int> taken() const { return *taken_; }

 private:
  std::shared_ptr<std::pair<int, int>> taken_ = std::make_shared<std::pair<int, int>>();
};

// MP-135
TEST(Value, EveryAccessTakesTheLockOnce) {
  const CountingLock lock;
  const Value<int, CountingLock> value(5, {.lock = lock});
  const Array<char, CountingLock> array(3, {.lock = lock});
  const std::vector<std::function<void()>> accesses{
      [&] { static_cast<void>(value.value()); },
      [&] { value.set_value(1); },
      [&] { *value = 1; },
      [&] { *value += 1; },
      [&] { static_cast<void>(static_cast<char>(array[0])); },
      [&] { array[0] = 'x'; },
      [&] { *array.begin() = 'y'; },
      [&] { static_cast<void>(array.slice()); },
      [&] { array.set_slice({.stop = 1}, {'x'}); },
      [&] { static_cast<void>(array.value()); },
      [&] { array.set_value("x"); },
      [&] { static_cast<void>(array.raw()); },
      [&] { array.set_raw("x"); },
      [&] { static_cast<void>(sharedctypes::copy(value)); },
      [&] { static_cast<void>(sharedctypes::copy(array)); },
  };
  int number = 0;
  for (const auto& access : accesses) {
    access();
    ++number;
    EXPECT_EQ(lock.taken(), std::pair(number, number));
  }
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
  EXPECT_THROW(RawArray<int>(std::numeric_limits<std::ptrdiff_t>::max()), std::overflow_error);
  EXPECT_THROW(RawArray<char>(std::numeric_limits<std::ptrdiff_t>::max()), std::overflow_error);
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
TEST(Array, SlicesAreClippedAndMayHaveASteps) {
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

// MP-141
TEST(Struct, FieldsAreSetByPositionAndTheRestIsZero) {
  EXPECT_EQ(Value<Point>(3, 2.5).value(), (Point{.x = 3, .y = 2.5, .z = 0}));
  EXPECT_EQ(RawValue<Point>(Point{.x = 1}).value(), (Point{.x = 1, .y = 0, .z = 0}));
  const RawArray<Point> points{{1, 2.5}, {3}};
  EXPECT_EQ(points[0], (Point{.x = 1, .y = 2.5, .z = 0}));
  EXPECT_EQ(points[1].x, 3);
  const RawValue<Point> point;
  point->y = 1.5;
  EXPECT_EQ((*point).y, 1.5);
}

// MP-142
TEST(Copy, IsIndependentOfItsSource) {
  const Value<Point> value(1, 2.5);
  const auto copied = sharedctypes::copy(value);
  value.set_value(Point{});
  EXPECT_EQ(copied.value(), (Point{.x = 1, .y = 2.5, .z = 0}));
  const RawArray<int> array{1, 2, 3};
  const auto another = sharedctypes::copy(array);
  array[0] = 9;
  EXPECT_EQ(another.slice(), std::vector({1, 2, 3}));
  const auto third = sharedctypes::copy(RawValue<int>(4));
  EXPECT_EQ(third.value(), 4);
}

TEST(Synchronized, UsesTheSameMemory) {
  const RawValue<int> raw(1);
  Lock lock;
  const auto value = sharedctypes::synchronized(raw, lock);
  *raw = 2;
  EXPECT_EQ(value.value(), 2);
  const RawArray<int> elements{1, 2};
  const auto array = sharedctypes::synchronized(elements);
  elements[1] = 5;
  EXPECT_EQ(array[1], 5);
}

TEST(RawValue, IsFitForAtomicAccess) {
  const RawValue<std::uint64_t> value(1);
  std::atomic_ref(*value).fetch_add(2);
  EXPECT_EQ(value.value(), 3U);
  for (int i = 0; i < 20; ++i) {
    const RawArray<char> odd(i);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(odd.data()) % 16, 0U);
    const RawArray<CacheLine> aligned(i);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned.data()) % 64, 0U);
  }
}

}  // namespace
