// Values and arrays between processes.

#include "multiprocessing/methods.hpp"

#include <progeny/multiprocessing/sharedctypes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using progeny::multiprocessing::Array;
using progeny::multiprocessing::Connection;
using progeny::multiprocessing::RawArray;
using progeny::multiprocessing::RawValue;
using progeny::multiprocessing::typecode;
using progeny::multiprocessing::Value;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

class SharedTypes : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(SharedTypes);

struct Point {
  int x;
  double y;
};

// MP-132
TEST_P(SharedTypes, AValueShowsWhatAChildWrote) {
  const Value<typecode<'i'>> i(4343);
  const Value<typecode<'d'>> d(3.625);
  const Value<typecode<'h'>> h(-232);
  const Value<typecode<'q'>> q(std::int64_t{1} << 33);
  const Value<typecode<'c'>> c('x');
  const RawValue<typecode<'q'>> raw(std::int64_t{1} << 34);
  const auto write = [](const Value<int>& its_i,
                        const Value<double>& its_d,
                        const Value<short>& its_h,
                        const Value<long long>& its_q,
                        const Value<char>& its_c,
                        const RawValue<long long>& its_raw) {
    const bool seen = its_i.value() == 4343 && its_d.value() == 3.625 && its_h.value() == -232 &&
                      its_q.value() == std::int64_t{1} << 33 && its_c.value() == 'x' &&
                      its_raw.value() == std::int64_t{1} << 34;
    its_i.set_value(24234);
    its_d.set_value(-5.5);
    its_h.set_value(seen ? 232 : 0);
    its_q.set_value(-(std::int64_t{1} << 33));
    its_c.set_value('y');
    *its_raw = 1;
  };
  EXPECT_EQ(exitcode_of(write, i, d, h, q, c, raw), 0);
  EXPECT_EQ(i.value(), 24234);
  EXPECT_EQ(d.value(), -5.5);
  EXPECT_EQ(h.value(), 232);
  EXPECT_EQ(q.value(), -(std::int64_t{1} << 33));
  EXPECT_EQ(c.value(), 'y');
  EXPECT_EQ(raw.value(), 1);
}

void hold_lock(Connection& connection, const Value<int>& value) {
  const std::scoped_lock guard(value);
  connection.send_bytes("held");
  value.set_value(value.value() + 1);  // The holder of an RLock may lock again.
  wait_for_word(connection);
  value.set_value(value.value() + 1);
}

// MP-135
TEST_P(SharedTypes, AReadBlocksWhileAnotherProcessHasTheLock) {
  const Value<int> value(5);
  auto [ours, theirs] = mp::Pipe();
  auto process = started(hold_lock, std::move(theirs), value);
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv_bytes(), "held");
  EXPECT_FALSE(value.acquire(false));
  std::optional<int> read;
  std::thread reader([&] { read = value.value(); });
  ours.send_bytes("go on");
  reader.join();
  EXPECT_EQ(read, 7);
  EXPECT_TRUE(process.join(very_long));
}

// MP-135
TEST_P(SharedTypes, IncrementsOfManyAreAllCounted) {
  const Value<int> value;
  const auto count = [](const Value<int>& its_value) {
    for (int i = 0; i < 1000; ++i) {
      *its_value += 1;
    }
  };
  auto first = started(count, value);
  auto second = started(count, value);
  EXPECT_TRUE(first.join(very_long));
  EXPECT_TRUE(second.join(very_long));
  EXPECT_EQ(value.value(), 2000);
}

// MP-137
TEST_P(SharedTypes, RunningSumsOfAChildAreSeen) {
  const std::vector<int> source{680, 626, 934, 821, 150, 233, 548, 982, 714, 831};
  const Array<int> array(source);
  const RawArray<int> raw(source);
  const auto sum = [](const Array<int>& its_array, const RawArray<int>& its_raw) {
    for (std::ptrdiff_t i = 1; i < static_cast<std::ptrdiff_t>(its_array.size()); ++i) {
      its_array[i] += static_cast<int>(its_array[i - 1]);
      its_raw[i] += its_raw[i - 1];
    }
  };
  EXPECT_EQ(exitcode_of(sum, array, raw), 0);
  const std::vector<int> expected{680, 1306, 2240, 3061, 3211, 3444, 3992, 4974, 5688, 6519};
  EXPECT_EQ(array.slice(), expected);
  EXPECT_EQ(raw.slice(), expected);
}

// MP-140
TEST_P(SharedTypes, ATextOfAChildIsSeen) {
  const Array<char> array(20);
  array.set_value("hello");
  const auto change = [](const Array<char>& its_array) {
    its_array.set_value(its_array.value() == "hello" ? "hi" : "wrong");
  };
  EXPECT_EQ(exitcode_of(change, array), 0);
  EXPECT_EQ(array.value(), "hi");
  EXPECT_EQ(array.raw().substr(0, 6), std::string("hi\0lo\0", 6));
}

template <template <class...> class V, template <class...> class A>
void double_all(const V<int>& x,
                const V<double>& y,
                const V<std::int64_t>& z,
                const V<Point>& point,
                const A<double>& numbers,
                const A<char>& text) {
  x.set_value(x.value() * 2);
  y.set_value(y.value() * 2);
  z.set_value(z.value() * 2);
  point.set_value(Point{.x = point.value().x * 2, .y = point.value().y * 2});
  for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(numbers.size()); ++i) {
    numbers[i] *= 2;
  }
  text.set_value(text.value() + text.value());
}

template <template <class...> class V, template <class...> class A, class Run>
void expect_doubling(const Run& run) {
  const V<int> x(7);
  const V<double> y(1.0 / 3.0);
  const V<std::int64_t> z(std::int64_t{1} << 33);
  const V<Point> point(Point{.x = 3, .y = 2});
  const A<double> numbers(10);
  const A<char> text(20);
  for (std::ptrdiff_t i = 0; i < 10; ++i) {
    numbers[i] = static_cast<double>(i);
  }
  text.set_value("hello");
  EXPECT_EQ(run(double_all<V, A>, x, y, z, point, numbers, text), 0);
  EXPECT_EQ(x.value(), 14);
  EXPECT_EQ(y.value(), 2.0 / 3.0);
  EXPECT_EQ(z.value(), std::int64_t{1} << 34);
  EXPECT_EQ(point.value().x, 6);
  EXPECT_EQ(point.value().y, 4);
  for (std::ptrdiff_t i = 0; i < 10; ++i) {
    EXPECT_EQ(numbers[i], static_cast<double>(i) * 2);
  }
  EXPECT_EQ(text.value(), "hellohello");
}

template <class T>
using PlainValue = Value<T>;
template <class T>
using PlainArray = Array<T>;

// MP-141
TEST_P(SharedTypes, DoublingByAChildIsSeenWithAndWithoutLock) {
  const auto run = [](auto target, const auto&... args) { return exitcode_of(target, args...); };
  expect_doubling<RawValue, RawArray>(run);
  expect_doubling<Value, Array>(run);
}

void pass_on(Connection& connection, const RawArray<int>& array) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context("spawn").Process(
      [](Connection& grandchilds, const RawArray<int>& its_array) {
        wait_for_word(grandchilds);
        its_array[0] = 5;
      },
      std::move(theirs),
      array);
  process.start();
  wait_for_word(connection);
  ours.send_bytes("write");
  process.join();
  connection.send_bytes("done");
}

// MP-141
TEST_P(SharedTypes, ReachesAChildOfAChild) {
  auto [ours, theirs] = mp::Pipe();
  const RawArray<int> array(3);
  auto process = started(pass_on, std::move(theirs), array);
  ours.send_bytes("go");
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(array[0], 5);
  EXPECT_TRUE(process.join(very_long));
}

}  // namespace
