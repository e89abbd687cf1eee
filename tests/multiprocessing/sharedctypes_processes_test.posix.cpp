// Values and arrays between processes: what others see, and for how long they can.

#include "multiprocessing/heap.hpp"
#include "multiprocessing/methods.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/listener.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/spawn.hpp>

#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::multiprocessing::Array;
using progeny::multiprocessing::Connection;
using progeny::multiprocessing::RawArray;
using progeny::multiprocessing::RawValue;
using progeny::multiprocessing::RLock;
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

std::size_t lingering() {
  return mp::detail::heap().facts().lingering;
}

std::size_t occupied() {
  return mp::detail::heap().facts().occupied_bytes;
}

// MP-132
TEST_P(SharedTypes, AValueShowsWhatAChildWrote) {
  const Value<typecode<'i'>> i(4343);
  const Value<typecode<'d'>> d(3.625);
  const Value<typecode<'h'>> h(-232);
  const Value<typecode<'q'>> q(std::int64_t{1} << 33);
  const Value<typecode<'c'>> c('x');
  const RawValue<typecode<'q'>> raw(std::int64_t{1} << 34);
  const auto write = [](const Value<int>& i_,
                        const Value<double>& d_,
                        const Value<short>& h_,
                        const Value<long long>& q_,
                        const Value<char>& c_,
                        const RawValue<long long>& raw_) {
    const bool seen = i_.value() == 4343 && d_.value() == 3.625 && h_.value() == -232 &&
                      q_.value() == std::int64_t{1} << 33 && c_.value() == 'x' &&
                      raw_.value() == std::int64_t{1} << 34;
    i_.set_value(24234);
    d_.set_value(-5.5);
    h_.set_value(seen ? 232 : 0);
    q_.set_value(-(std::int64_t{1} << 33));
    c_.set_value('y');
    *raw_ = 1;
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
  value.set_value(value.value() + 1);  // It may, having the lock.
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
  const auto count = [](const Value<int>& value_) {
    for (int i = 0; i < 1000; ++i) {
      *value_ += 1;
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
  const auto sum = [](const Array<int>& array_, const RawArray<int>& raw_) {
    for (std::ptrdiff_t i = 1; i < static_cast<std::ptrdiff_t>(array_.size()); ++i) {
      array_[i] += static_cast<int>(array_[i - 1]);
      raw_[i] += raw_[i - 1];
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
  const auto change = [](const Array<char>& array_) {
    array_.set_value(array_.value() == "hello" ? "hi" : "wrong");
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

void tell_value(Connection& connection, const RawValue<int>& value) {
  wait_for_word(connection);
  connection.send(value.value());
  wait_for_word(connection);
}

// The arguments are gone from the parent, and their memory is not used again while the child has
// it, whatever the start method.
TEST_P(SharedTypes, StaysTheChildsWhenTheParentHasLetGo) {
  const std::size_t before = occupied();
  const std::size_t lingering_before = lingering();
  auto [ours, theirs] = mp::Pipe();
  std::optional<RawValue<int>> value(std::in_place, 77);
  auto process = started(tell_value, std::move(theirs), *value);
  value.reset();
  std::vector<RawValue<int>> others;
  for (int i = 0; i < 100; ++i) {
    others.emplace_back(-1);
  }
  others.clear();
  EXPECT_GT(occupied(), before);
  ours.send_bytes("tell");
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv<int>(), 77);
  ours.send_bytes("end");
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(lingering(), lingering_before);
  EXPECT_EQ(occupied(), before);
}

TEST(Fork, AClosureKeepsWhatItHasCaptured) {
  const std::size_t before = occupied();
  auto [ours, theirs] = mp::Pipe();
  auto context = mp::get_context("fork");
  std::optional<RawValue<int>> value(std::in_place, 77);
  auto process = context.Process(
      [captured = *value](Connection& connection) { tell_value(connection, captured); },
      std::move(theirs));
  process.start();
  value.reset();
  const RawValue<int> another(-1);
  ours.send_bytes("tell");
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv<int>(), 77);
  process.kill();
  EXPECT_TRUE(process.join(very_long));
  // But for the other one.
  EXPECT_LE(occupied(), before + 48);
}

// Under fork nobody counts for the child.
TEST_P(SharedTypes, AValuesLockStaysTheChildsToo) {
  const std::size_t before = occupied();
  auto [ours, theirs] = mp::Pipe();
  std::optional<Value<int>> value(std::in_place, 1);
  auto process = started(
      [](Connection& connection, RLock& lock) {
        const bool acquired = lock.acquire(false);
        connection.send_bytes("acquired");
        wait_for_word(connection);
        connection.send(acquired && lock.locked());
        lock.release();
        wait_for_word(connection);
      },
      std::move(theirs),
      value->get_lock());
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv_bytes(), "acquired");
  value.reset();
  std::vector<RawArray<char>> others;
  for (int i = 0; i < 100; ++i) {
    others.emplace_back(i * 4);
  }
  ours.send_bytes("go on");
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_TRUE(ours.recv<bool>());
  others.clear();
  ours.send_bytes("end");
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(occupied(), before);
}

TEST(SharedValue, NeedsNoDescriptorsOfItsOwn) {
  const Value<int> first;
  const auto before = progeny::testing::open_descriptors() - mp::detail::heap().facts().arenas;
  std::vector<Value<int>> values;
  for (int i = 0; i < 1000; ++i) {
    values.emplace_back(i);
  }
  EXPECT_EQ(progeny::testing::open_descriptors() - mp::detail::heap().facts().arenas, before);
}

// It cannot be the last to use what its parent has.
TEST(Fork, ACopyOfTheProcessFreesNothing) {
  const std::size_t before = occupied();
  std::optional<RawValue<int>> value(std::in_place, 77);
  mp::Process process([&] {
    value.reset();
    const RawValue<int> own(5);
    own.set_value(6);
  });
  process.start();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
  EXPECT_EQ(value->value(), 77);
  EXPECT_NE(RawValue<int>(1).data(), value->data());
  value.reset();
  EXPECT_EQ(occupied(), before) << "the copy was counted";
}

void pass_on(Connection& connection, const RawArray<int>& array) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context("spawn").Process(
      [](Connection& grandchilds, const RawArray<int>& array_) {
        wait_for_word(grandchilds);
        array_[0] = 5;
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

void receive_and_write(Connection& connection) {
  const auto value = connection.recv<Value<int>>();
  const auto array = connection.recv<RawArray<double>>();
  *value += 1;
  array[2] = 1.5;
  connection.send_bytes("written");
  wait_for_word(connection);
}

TEST_P(SharedTypes, TravelsOverAConnection) {
  const std::size_t before = occupied();
  const std::size_t lingering_before = lingering();
  {
    auto [ours, theirs] = mp::Pipe();
    auto process = started(receive_and_write, std::move(theirs));
    std::optional<Value<int>> value(std::in_place, 6);
    const RawArray<double> array(3);
    ours.send(*value);
    ours.send(array);
    ASSERT_TRUE(ours.poll(very_long));
    EXPECT_EQ(ours.recv_bytes(), "written");
    EXPECT_EQ(value->value(), 7);
    EXPECT_EQ(array[2], 1.5);
    value.reset();
    EXPECT_EQ(lingering(), lingering_before + 2) << "the child has it, and its lock";
    ours.send_bytes("end");
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(lingering(), lingering_before);
  }
  EXPECT_EQ(occupied(), before);
}

// It stays counted: that costs memory until this process ends, and nothing else.
TEST(SharedValue, WhatAKilledProcessHadStaysTaken) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context("spawn").Process(receive_and_write, std::move(theirs));
  process.start();
  const std::size_t before = lingering();
  std::optional<Value<int>> value(std::in_place, 6);
  ours.send(*value);
  ours.send(RawArray<double>(3));
  ASSERT_TRUE(ours.poll(very_long));
  process.kill();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(value->value(), 7);
  value.reset();
  EXPECT_EQ(lingering(), before + 3);
  EXPECT_EQ(Value<int>(3).value(), 3);
}

// A process that gets its own value back has the same one.
TEST(SharedValue, MayComeBack) {
  auto [one, two] = mp::Pipe();
  std::optional<RawValue<int>> value(std::in_place, 3);
  one.send(*value);
  const auto same = two.recv<RawValue<int>>();
  EXPECT_EQ(same.data(), value->data());
  value.reset();
  const RawValue<int> another(9);
  EXPECT_EQ(same.value(), 3);
}

TEST(SharedValue, SeveralInAMessageLieInOneArenaWhoseHandleTravelsOnce) {
  auto [one, two] = mp::Pipe();
  std::vector<RawValue<int>> values;
  for (int i = 0; i < 1000; ++i) {
    values.emplace_back(i);
  }
  one.send(values);
  const auto same = two.recv<std::vector<RawValue<int>>>();
  ASSERT_EQ(same.size(), values.size());
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(same[static_cast<std::size_t>(i)].value(), i);
  }
}

// MP-012
TEST(SharedValue, DoesNotGoIntoANetwork) {
  mp::connection::Listener listener({"127.0.0.1", 0});
  auto client = mp::connection::Client(listener.address());
  auto server = listener.accept();
  EXPECT_THROW(client.send(RawValue<int>(1)), progeny::RuntimeError);
  client.send(5);
  EXPECT_EQ(server.recv<int>(), 5);
}

// It is not counted as the receiver's, who does not exist.
TEST(SharedValue, IsFreeAgainIfItCouldNotBeSent) {
  const std::size_t before = occupied();
  {
    auto [one, two] = mp::Pipe();
    two.close();
    EXPECT_THROW(one.send(RawValue<int>(1)), progeny::OSError);
    one.close();
    EXPECT_THROW(one.send(RawValue<int>(1)), progeny::OSError);
    const std::pair<RawValue<int>, Connection> unsendable(1, std::move(one));
    EXPECT_THROW(static_cast<void>(progeny::serial::encode(unsendable)), progeny::OSError);
  }
  EXPECT_EQ(occupied(), before);
}

TEST(SharedValue, IsFreeAgainIfItsProcessCouldNotBeStarted) {
  const std::size_t before = occupied();
  mp::set_executable("/no/such/program");
  {
    auto process =
        mp::get_context("spawn").Process([](const RawValue<int>& /*value*/) {}, RawValue<int>(1));
    EXPECT_THROW(process.start(), progeny::OSError);
  }
  mp::set_executable("/proc/self/exe");
  EXPECT_EQ(occupied(), before);
}

TEST(SharedValue, AMessageOfAnotherTypeIsRefused) {
  auto [one, two] = mp::Pipe();
  one.send(RawValue<int>(1));
  EXPECT_THROW(static_cast<void>(two.recv<RawValue<double>>()), progeny::serial::DecodeError);
  one.send(RawArray<int>(4));
  EXPECT_THROW(static_cast<void>(two.recv<RawValue<int>>()), progeny::serial::DecodeError);
}

}  // namespace
