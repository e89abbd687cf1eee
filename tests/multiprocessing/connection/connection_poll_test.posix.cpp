#include "multiprocessing/connection/pipes.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/raw_peer.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace progeny::multiprocessing {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class PipePoll : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_PIPE(PipePoll);

class DuplexPipePoll : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_DUPLEX_PIPE(DuplexPipePoll);

// MP-157
TEST_P(PipePoll, LooksWithoutWaitingByDefault) {
  auto [reader, writer] = Pipe(GetParam());
  EXPECT_FALSE(reader.poll());
  EXPECT_FALSE(reader.poll(-1s));
  writer.send_bytes("x");
  EXPECT_TRUE(reader.poll());
  EXPECT_TRUE(reader.poll(-1s));
}

// MP-157
TEST_P(PipePoll, WaitsForTheTimeout) {
  auto [reader, writer] = Pipe(GetParam());
  const auto start = Clock::now();
  EXPECT_FALSE(reader.poll(50ms));
  EXPECT_GE(Clock::now() - start, 50ms);
}

// MP-157
TEST_P(DuplexPipePoll, WithoutLimitWaitsForAMessage) {
  auto [a, b] = Pipe(GetParam());
  testing::ForkedChild child([&b] {
    const bool was_asked = b.recv_bytes() == "go";
    b.send_bytes("done");
    return was_asked ? 0 : 1;
  });
  a.send_bytes("go");
  EXPECT_TRUE(a.poll(Timeout()));
  EXPECT_EQ(a.recv_bytes(), "done");
  EXPECT_EQ(child.wait(), 0);
}

// MP-157
TEST_P(DuplexPipePoll, ConsumesNothing) {
  auto [a, b] = Pipe(GetParam());
  b.send_bytes("");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(a.poll());
  }
  EXPECT_EQ(a.recv_bytes(), "");
  EXPECT_FALSE(a.poll());
}

// MP-157
TEST_P(PipePoll, TakesTheEndOfTheStreamForReadyEveryTime) {
  auto [reader, writer] = Pipe(GetParam());
  writer.close();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(reader.poll());
    EXPECT_THROW(static_cast<void>(reader.recv_bytes()), EOFError);
  }
}

// MP-158
TEST_P(PipePoll, TakesNoPartOfAMessageFromAnotherProcess) {
  auto [reader, writer] = Pipe(GetParam());
  auto [control, child_control] = Pipe();
  testing::ForkedChild child([&reader, &child_control] {
    const bool saw = reader.poll(testing::very_long);
    child_control.send_bytes("polled");
    return saw ? 0 : 1;
  });
  writer.send_bytes("first");
  writer.send_bytes("second");
  EXPECT_EQ(control.recv_bytes(), "polled");
  EXPECT_EQ(reader.recv_bytes(), "first");
  EXPECT_EQ(reader.recv_bytes(), "second");
  EXPECT_EQ(child.wait(), 0);
}

// MP-158: receiving takes one message, and leaves the next to other processes.
TEST_P(DuplexPipePoll, LeavesTheNextMessageToAnotherProcess) {
  auto [reader, writer] = Pipe(GetParam());
  for (const std::string message : {"first", "second", "third"}) {
    writer.send_bytes(message);
  }
  testing::ForkedChild child([&reader] { return reader.recv_bytes() == "first" ? 0 : 1; });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(reader.recv_bytes(), "second");
  EXPECT_EQ(reader.recv_bytes(), "third");
}

// MP-162
TEST(ConnectionPoll, TakesThePartOfAMessageForReady) {
  testing::RawPeer peer = testing::make_raw_peer();
  const std::string bytes = testing::frame("message");
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    peer.write(bytes.substr(i, 1));
    EXPECT_TRUE(peer.connection.poll());
  }
  peer.write(bytes.substr(bytes.size() - 1));
  EXPECT_EQ(peer.connection.recv_bytes(), "message");
}

}  // namespace

}  // namespace progeny::multiprocessing
