#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <stop_token>
#include <string>
#include <utility>

// N3: a std::stop_token ends every wait of connections.

namespace {

using namespace std::chrono_literals;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

enum class Kind { packets, simplex, shared, local, network };

// The second end sends.
std::pair<mp::Connection, mp::Connection> ends_of(Kind kind) {
  switch (kind) {
    case Kind::packets:
      return mp::Pipe();
    case Kind::simplex:
      return mp::Pipe(false);
    case Kind::shared:
      return mp::Pipe({.shared = true});
    case Kind::local:
    case Kind::network:
      break;
  }
  using mp::connection::Family;
  mp::connection::Listener listener(
      {.family = kind == Kind::local ? Family::unix_socket : Family::inet});
  auto client = mp::connection::Client(listener.address());
  return {listener.accept(), std::move(client)};
}

// Runs `wait` in a thread, stops it, and checks that it says so; then once more with a request that
// was made before.
void expect_stopped(const std::function<void(std::stop_token)>& wait) {
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, wait, stop.get_token());
  stop.request_stop();
  EXPECT_THROW(waiting.get(), mp::CancelledError);
  EXPECT_THROW(wait(stop.get_token()), mp::CancelledError);
}

class StoppedWait : public ::testing::TestWithParam<Kind> {};

std::string name_of_case(const ::testing::TestParamInfo<Kind>& each) {
  constexpr std::array names{"packets", "simplex", "shared", "local", "network"};
  return names.at(static_cast<std::size_t>(each.param));
}

INSTANTIATE_TEST_SUITE_P(
    Connections,
    StoppedWait,
    ::testing::Values(Kind::packets, Kind::simplex, Kind::shared, Kind::local, Kind::network),
    name_of_case);

TEST_P(StoppedWait, ForAMessageLeavesTheConnectionUsable) {
  auto [reader, writer] = ends_of(GetParam());
  std::array<char, 8> room{};
  expect_stopped(
      [&](const std::stop_token& stop) { static_cast<void>(reader.recv_bytes({}, stop)); });
  expect_stopped([&](const std::stop_token& stop) { reader.recv_bytes_into(room, 0, stop); });
  expect_stopped(
      [&](const std::stop_token& stop) { static_cast<void>(reader.recv<int>({.stop = stop})); });
  expect_stopped(
      [&](const std::stop_token& stop) { static_cast<void>(reader.poll(very_long, stop)); });
  expect_stopped([&](const std::stop_token& stop) {
    static_cast<void>(mp::connection::wait({reader}, {}, stop));
  });
  writer.send(5);
  EXPECT_EQ(reader.recv<int>(), 5);
}

TEST_P(StoppedWait, FindsWhatIsThereAllTheSame) {
  auto [reader, writer] = ends_of(GetParam());
  std::stop_source stop;
  stop.request_stop();
  writer.send_bytes("here", 0, {}, stop.get_token());
  writer.send(5);
  EXPECT_TRUE(reader.poll(very_long, stop.get_token()));
  EXPECT_EQ(reader.recv_bytes({}, stop.get_token()), "here");
  EXPECT_TRUE(reader.poll(very_long));
  EXPECT_EQ(mp::connection::wait({reader}, very_long, stop.get_token()).size(), 1U);
  EXPECT_EQ(reader.recv<int>({.stop = stop.get_token()}), 5);
}

// Nobody receives, so that sending fills the buffers. Messages of one packet go whole or not at
// all.
TEST_P(StoppedWait, ForRoomLosesNoWholeMessage) {
  auto [reader, writer] = ends_of(GetParam());
  std::stop_source stop;
  int sent = 0;
  auto sending = std::async(std::launch::async, [&] {
    for (;; ++sent) {
      writer.send_bytes(std::string(1000, 'x'), 0, {}, stop.get_token());
    }
  });
  // Until it blocks, or at least has sent something: both are fine.
  EXPECT_TRUE(reader.poll(very_long));
  stop.request_stop();
  EXPECT_THROW(sending.get(), mp::CancelledError);
  writer.close();
  int received = 0;
  try {
    for (;; ++received) {
      static_cast<void>(reader.recv_bytes());
    }
  } catch (const progeny::EOFError&) {
    EXPECT_EQ(received, sent);
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.code(), std::errc::connection_aborted) << "a message was cut";
    EXPECT_EQ(received, sent);
  }
}

// A message too large for the buffers: the peer learns that it will not come.
TEST_P(StoppedWait, InsideAMessageEndsIt) {
  auto [reader, writer] = ends_of(GetParam());
  const std::string large(std::size_t{20} << 20, 'x');
  std::stop_source stop;
  auto sending =
      std::async(std::launch::async, [&] { writer.send_bytes(large, 0, {}, stop.get_token()); });
  EXPECT_TRUE(reader.poll(very_long));
  stop.request_stop();
  EXPECT_THROW(sending.get(), mp::CancelledError);
  writer.close();
  EXPECT_ANY_THROW(static_cast<void>(reader.recv_bytes()));
}

// One thread has its turn for ever; the other's stop is heard all the same.
TEST_P(StoppedWait, DoesNotWaitForAnotherThread) {
  auto [reader, writer] = ends_of(GetParam());
  auto other = std::async(std::launch::async, [&] { return reader.recv_bytes(); });
  expect_stopped(
      [&](const std::stop_token& stop) { static_cast<void>(reader.recv_bytes({}, stop)); });
  writer.send_bytes("for the other");
  EXPECT_EQ(other.get(), "for the other");
}

}  // namespace
