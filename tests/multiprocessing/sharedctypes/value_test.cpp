// Values within one process, and what they share with arrays.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
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

// MP-133: neither a fraction fits a whole number nor two characters one.
template <class V, class Initial>
concept CanBe = std::is_constructible_v<V, Initial>;
template <class V, class New>
concept CanGet = requires(const V& value, const New& stored) { value.set_value(stored); };
static_assert(CanBe<Value<int>, short> && CanBe<Value<double>, int>);
static_assert(!CanBe<Value<int>, double> && !CanBe<RawValue<int>, float>);
static_assert(!CanBe<Value<char>, const char*>);
static_assert(CanGet<Value<int>, long> && !CanGet<Value<int>, double>);
static_assert(CanGet<RawValue<float>, double> && !CanGet<RawValue<long>, double>);

// MP-134: a lock must have `acquire`, and the raw forms have none.
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

// Only types whose bytes mean the same in every process.
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
  own.acquire();  // The default lock is recursive.
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

// A lock that counts how often it was taken.
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

// MP-141
TEST(Struct, FieldsAreSetByPositionAndTheRestIsZero) {
  EXPECT_EQ(Value<Point>(3, 2.5).value(), (Point{.x = 3, .y = 2.5, .z = 0}));
  EXPECT_EQ(RawValue<Point>(Point{.x = 1}).value(), (Point{.x = 1, .y = 0, .z = 0}));
  const RawArray<Point> points{{.x = 1, .y = 2.5}, {.x = 3}};
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
  const Lock lock;
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
