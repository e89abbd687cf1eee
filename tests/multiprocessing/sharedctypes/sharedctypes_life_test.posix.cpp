// The lifetime of values and arrays: until their last user is gone.

#include "multiprocessing/memory/heap.hpp"
#include "multiprocessing/methods.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/spawn.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace {

using progeny::multiprocessing::Connection;
using progeny::multiprocessing::RawArray;
using progeny::multiprocessing::RawValue;
using progeny::multiprocessing::RLock;
using progeny::multiprocessing::Value;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

class SharedMemoryLife : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(SharedMemoryLife);

std::size_t lingering() {
  return mp::detail::heap().facts().lingering;
}

std::size_t occupied() {
  return mp::detail::heap().facts().occupied_bytes;
}

void tell_value(Connection& connection, const RawValue<int>& value) {
  wait_for_word(connection);
  connection.send(value.value());
  wait_for_word(connection);
}

// The parent has dropped the arguments. Their memory is not reused while the child has it, under
// every start method.
TEST_P(SharedMemoryLife, StaysTheChildsWhenTheParentHasLetGo) {
  const std::size_t before = occupied();
  const std::size_t lingering_before = lingering();
  auto [ours, theirs] = mp::Pipe();
  std::optional<RawValue<int>> value(std::in_place, 77);
  auto process = started(tell_value, std::move(theirs), *value);
  value.reset();
  std::vector<RawValue<int>> others;
  others.reserve(100);
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
  // Except the other one.
  EXPECT_LE(occupied(), before + 48);
}

// Under fork the child is not counted as a user.
TEST_P(SharedMemoryLife, AValuesLockStaysTheChildsToo) {
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
  others.reserve(100);
  for (std::ptrdiff_t i = 0; i < 100; ++i) {
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
  values.reserve(1000);
  for (int i = 0; i < 1000; ++i) {
    values.emplace_back(i);
  }
  EXPECT_EQ(progeny::testing::open_descriptors() - mp::detail::heap().facts().arenas, before);
}

// A forked child's copy is never the last user, since the parent has the original.
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

void receive_and_write(Connection& connection) {
  const auto value = connection.recv<Value<int>>();
  const auto array = connection.recv<RawArray<double>>();
  *value += 1;
  array[2] = 1.5;
  connection.send_bytes("written");
  wait_for_word(connection);
}

TEST_P(SharedMemoryLife, TravelsOverAConnection) {
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
    EXPECT_EQ(lingering(), lingering_before + 2) << "the child has the value and its lock";
    ours.send_bytes("end");
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(lingering(), lingering_before);
  }
  EXPECT_EQ(occupied(), before);
}

// A killed user stays counted. That costs memory until this process ends, and nothing else.
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

// A process that gets its own value back has the same value.
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
  values.reserve(1000);
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

// A message that cannot be sent counts no receiver as a user.
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
