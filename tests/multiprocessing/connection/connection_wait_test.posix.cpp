#include "multiprocessing/connection/pipes.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/raw_peer.posix.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/scoped_limit.posix.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>

namespace progeny::multiprocessing {

namespace {

using namespace std::chrono_literals;
using connection::wait;
using Clock = std::chrono::steady_clock;
using Indices = std::vector<std::size_t>;

// Each of 4 children sends 10 messages and ends. Each message comes once, then each stream ends.
void read_from_four_children(const connection::PipeOptions& kind) {
  constexpr int messages = 10;
  std::vector<Connection> readers;
  std::vector<std::unique_ptr<testing::ForkedChild>> children;
  for (int i = 0; i < 4; ++i) {
    auto [reader, writer] = Pipe(kind);
    children.push_back(std::make_unique<testing::ForkedChild>([&writer, i] {
      for (int n = 0; n < messages; ++n) {
        writer.send_bytes(std::to_string(i) + ":" + std::to_string(n));
      }
      return 0;
    }));
    readers.push_back(std::move(reader));
  }
  std::vector<std::vector<std::string>> received(readers.size());
  std::vector<bool> ended(readers.size());
  std::size_t open = readers.size();
  while (open != 0) {
    std::vector<Connection*> left;
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < readers.size(); ++i) {
      if (!ended[i]) {
        left.push_back(&readers[i]);
        numbers.push_back(i);
      }
    }
    for (const std::size_t ready : wait(left, testing::very_long)) {
      const std::size_t i = numbers[ready];
      try {
        received[i].push_back(readers[i].recv_bytes());
      } catch (const EOFError&) {
        ended[i] = true;
        --open;
      }
    }
  }
  for (std::size_t i = 0; i < readers.size(); ++i) {
    std::vector<std::string> expected;
    for (int n = 0; n < messages; ++n) {
      expected.push_back(std::to_string(i) + ":" + std::to_string(n));
    }
    EXPECT_EQ(received[i], expected);
    EXPECT_EQ(children[i]->wait(), 0);
  }
}

class WaitForPipes : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_PIPE(WaitForPipes);

// MP-177
TEST_P(WaitForPipes, MissesNoMessageAndNoEnd) {
  read_from_four_children(GetParam());
}

// MP-178
TEST_P(WaitForPipes, ReturnsNothingAfterTheTimeout) {
  auto [a, b] = Pipe(GetParam());
  auto [c, d] = Pipe(GetParam());
  const auto start = Clock::now();
  EXPECT_EQ(wait({a, c}, 50ms), Indices{});
  EXPECT_GE(Clock::now() - start, 50ms);
  EXPECT_EQ(wait({a, c}, -1s), Indices{});
}

// MP-178
TEST_P(WaitForPipes, NamesThoseThatAreReadyInTheirOrder) {
  auto [a, b] = Pipe(GetParam());
  auto [c, d] = Pipe(GetParam());
  auto [e, f] = Pipe(GetParam());
  b.send_bytes("x");
  EXPECT_EQ(wait({a, c, e}, testing::very_long), Indices{0});
  f.close();
  EXPECT_EQ(wait({e, c, a}), (Indices{0, 2}));
  d.send_bytes("y");
  EXPECT_EQ(wait({c, e, a}, -1s), (Indices{0, 1, 2}));
}

// MP-178
TEST(Wait, OnNothingWaitsForTheTimeout) {
  const auto start = Clock::now();
  EXPECT_EQ(wait(std::vector<Connection>(), 50ms), Indices{});
  EXPECT_GE(Clock::now() - start, 50ms);
}

// MP-178
TEST(Wait, TakesHandlesOfEveryNumber) {
  const testing::ScopedLimit more(RLIMIT_NOFILE, 4096);
  constexpr int high_number = 1500;
  auto [a, b] = Pipe();
  const Connection high{Handle(::fcntl(a.fileno(), F_DUPFD_CLOEXEC, high_number))};
  ASSERT_GE(high.fileno(), high_number) << "the hard limit of this system is too low";
  EXPECT_EQ(wait({high}, 0s), Indices{});
  b.send_bytes("x");
  EXPECT_EQ(wait({high}), Indices{0});
  EXPECT_TRUE(high.poll());
}

// MP-178: more than the limit of Windows.
TEST(Wait, TakesHundredsOfObjects) {
  std::vector<Connection> readers;
  std::vector<Connection> writers;
  for (int i = 0; i < 200; ++i) {
    auto [reader, writer] = Pipe(false);
    readers.push_back(std::move(reader));
    writers.push_back(std::move(writer));
  }
  writers[70].send_bytes("x");
  writers[199].close();
  EXPECT_EQ(wait(readers), (Indices{70, 199}));
}

TEST(Wait, TakesConnectionsListenersAndHandlesTogether) {
  const connection::Listener listener;
  const testing::RawPeer peer = testing::make_raw_peer();
  EXPECT_EQ(wait({listener, peer.connection, peer.socket.get()}, 0s), Indices{});
  const Connection client = connection::Client(listener.address());
  EXPECT_EQ(wait({peer.connection, listener, peer.socket.get()}), Indices{1});
}

TEST(Wait, RefusesWhatIsNotOpen) {
  auto [a, b] = Pipe();
  const native_handle closed = a.fileno();
  a.close();
  EXPECT_THROW(static_cast<void>(wait({a}, 0s)), OSError);
  EXPECT_THROW(static_cast<void>(wait({closed}, 0s)), OSError);
  EXPECT_THROW(static_cast<void>(wait({-1}, 0s)), OSError);
}

}  // namespace

}  // namespace progeny::multiprocessing
