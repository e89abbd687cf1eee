// What only a shared pipe has. The tests of connections run over shared pipes, too.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/synchronize/asleep.posix.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace {

using namespace std::chrono_literals;
using testing::ForkedChild;
using testing::pattern;
using testing::very_long;

constexpr PipeOptions shared{.shared = true};
constexpr std::size_t several_pieces = 3'000'000;

class SharedPipes : public testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(SharedPipes);

// Ends with an empty message: a forked child has the peer's end, too, so its stream never ends.
void echo(Connection& connection) {
  for (std::string text = connection.recv_bytes(); !text.empty(); text = connection.recv_bytes()) {
    connection.send_bytes(text);
  }
}

TEST_P(SharedPipes, ArePassedToProcesses) {
  auto [ours, theirs] = Pipe(shared);
  auto process = started(echo, std::move(theirs));
  for (const std::size_t size : {1UL, 100UL, 200'000UL, several_pieces}) {
    ours.send_bytes(pattern(size));
    EXPECT_TRUE(ours.recv_bytes() == pattern(size)) << size;
  }
  ours.send_bytes("");
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
}

void wait_for_kill(Connection& connection) {
  connection.send_bytes("here");
  for (;;) {
    static_cast<void>(connection.recv_bytes());
  }
}

TEST_P(SharedPipes, EndWithTheirPeer) {
  for (int round = 0; round < 5; ++round) {
    auto [ours, theirs] = Pipe(shared);
    auto process = started(wait_for_kill, std::move(theirs));
    EXPECT_EQ(ours.recv_bytes(), "here");
    std::thread killer([&process] { process.kill(); });
    EXPECT_THROW(static_cast<void>(ours.recv_bytes()), EOFError);
    killer.join();
    EXPECT_THROW(ours.send_bytes("x"), OSError);
    EXPECT_TRUE(ours.poll());
    EXPECT_TRUE(process.join(very_long));
  }
}

void use_nothing(Connection& /*connection*/, Connection& control) {
  static_cast<void>(control.recv_bytes());
}

// The kernel must be asked: the shared memory does not name a process at that end.
TEST_P(SharedPipes, EndWithAPeerThatHasNeverUsedThem) {
  auto [ours, theirs] = Pipe(shared);
  auto [go, control] = Pipe();
  auto process = started(use_nothing, std::move(theirs), std::move(control));
  EXPECT_FALSE(ours.poll(20ms));
  go.send_bytes("end");
  EXPECT_THROW(static_cast<void>(ours.recv_bytes()), EOFError);
  EXPECT_TRUE(process.join(very_long));
}

TEST(SharedPipe, DoesNotEndAsLongAsSomebodyHasTheOtherEnd) {
  auto [a, b] = Pipe(shared);
  auto [go, control] = Pipe();
  ForkedChild idle([&a, &b, &control] {
    a.close();
    static_cast<void>(control.recv_bytes());
    b.send_bytes("still here");
    return 0;
  });
  ForkedChild user([&a, &b] {
    a.close();
    b.send_bytes("used");
    return 0;
  });
  b.close();
  EXPECT_EQ(a.recv_bytes(), "used");
  EXPECT_EQ(user.wait(), 0);
  EXPECT_FALSE(a.poll(20ms));
  a.send_bytes("nobody reads this message");
  go.send_bytes("go");
  EXPECT_EQ(a.recv_bytes(), "still here");
  EXPECT_EQ(idle.wait(), 0);
  EXPECT_THROW(static_cast<void>(a.recv_bytes()), EOFError);
}

TEST(SharedPipe, GivesWhatWasSentBeforeTheEnd) {
  auto [a, b] = Pipe(shared);
  ForkedChild child([&b] {
    b.send_bytes(pattern(100'000));
    b.send_bytes("last");
    return 0;
  });
  b.close();
  EXPECT_EQ(child.wait(), 0);
  EXPECT_TRUE(a.recv_bytes() == pattern(100'000));
  EXPECT_EQ(a.recv_bytes(), "last");
  EXPECT_THROW(static_cast<void>(a.recv_bytes()), EOFError);
}

// Several processes share an end. Their messages are longer than a piece.
TEST(SharedPipe, KeepsMessagesWholeAmongThoseWhoShareAnEnd) {
  auto [reader, writer] = Pipe({.duplex = false, .shared = true});
  std::vector<std::unique_ptr<ForkedChild>> senders;
  for (int i = 0; i < 3; ++i) {
    senders.push_back(std::make_unique<ForkedChild>([&writer, i] {
      for (int n = 0; n < 10; ++n) {
        writer.send_bytes(std::string(several_pieces / 10, static_cast<char>('a' + i)));
      }
      return 0;
    }));
  }
  writer.close();
  std::vector<std::size_t> counts(3);
  for (int n = 0; n < 30; ++n) {
    const std::string message = reader.recv_bytes();
    ASSERT_EQ(message.size(), several_pieces / 10);
    ASSERT_EQ(message.find_first_not_of(message.front()), std::string::npos);
    ++counts.at(static_cast<std::size_t>(message.front() - 'a'));
  }
  EXPECT_EQ(counts, std::vector<std::size_t>(3, 10));
  EXPECT_THROW(static_cast<void>(reader.recv_bytes()), EOFError);
}

TEST(SharedPipe, LeavesOutWhatADeadSenderHasBegun) {
  auto [reader, writer] = Pipe({.duplex = false, .shared = true});
  writer.send_bytes("before");
  ForkedChild sender([&writer] {
    writer.send_bytes(std::string(std::size_t{64} << 20, 'x'));
    return 0;
  });
  EXPECT_EQ(reader.recv_bytes(), "before");
  EXPECT_TRUE(reader.poll(very_long));
  EXPECT_TRUE(testing::await_sleep(sender.pid()));  // The ring is full.
  sender.kill();
  EXPECT_EQ(sender.wait(), -SIGKILL);
  std::thread next([&to = writer] { to.send_bytes("after"); });
  EXPECT_EQ(reader.recv_bytes(), "after");
  next.join();
}

TEST(SharedPipe, LeavesOutWhatADeadReceiverHasBegun) {
  auto [reader, writer] = Pipe({.duplex = false, .shared = true});
  ForkedChild receiver([&reader] { return reader.recv_bytes().empty() ? 1 : 0; });
  std::string memory(std::size_t{1} << 20, 'x');
  std::thread sender([&to = writer, &memory] {
    to.send_bytes(memory);
    to.send_bytes("after");
  });
  receiver.kill();
  static_cast<void>(receiver.wait());
  std::string first = reader.recv_bytes();
  if (first == memory) {  // It was killed before it could begin.
    first = reader.recv_bytes();
  }
  EXPECT_EQ(first, "after");
  sender.join();
}

TEST(SharedPipe, WaitsForRoomAndNoticesThatNobodyMakesAny) {
  auto [a, b] = Pipe(shared);
  ForkedChild reader([&a, &b] {
    a.close();
    return b.recv_bytes() == "first" ? 0 : 1;
  });
  b.close();
  a.send_bytes("first");
  try {
    for (;;) {
      a.send_bytes(pattern(100'000));
    }
  } catch (const OSError& error) {
    EXPECT_EQ(error.code(), std::errc::broken_pipe);
  }
  EXPECT_EQ(reader.wait(), 0);
}

TEST(SharedPipe, HasAHandleThatIsReadableWhileThereIsSomething) {
  auto [a, b] = Pipe(shared);
  b.send_bytes("before anybody asks");
  EXPECT_EQ(connection::wait({a}, 0s), std::vector<std::size_t>{0});
  EXPECT_EQ(a.recv_bytes(), "before anybody asks");
  for (int round = 0; round < 100; ++round) {
    EXPECT_TRUE(connection::wait({a}, 0s).empty());
    b.send_bytes("one");
    b.send_bytes("two");
    EXPECT_EQ(connection::wait({a}, 0s), std::vector<std::size_t>{0});
    EXPECT_EQ(a.recv_bytes(), "one");
    EXPECT_EQ(connection::wait({a}, 0s), std::vector<std::size_t>{0});
    EXPECT_EQ(a.recv_bytes(), "two");
  }
  b.close();
  EXPECT_EQ(connection::wait({a}, 0s), std::vector<std::size_t>{0});
}

TEST(SharedPipe, TravelsThroughAnother) {
  auto [a, b] = Pipe(shared);
  auto [outer, inner] = Pipe(shared);
  outer.send(b);
  b.close();
  auto received = inner.recv<Connection>();
  received.send(std::vector{1, 2, 3});
  EXPECT_EQ(a.recv<std::vector<int>>(), (std::vector{1, 2, 3}));
  received.close();
  EXPECT_THROW(static_cast<void>(a.recv_bytes()), EOFError);
}

TEST(SharedPipe, LeavesNoDescriptorOpen) {
  static_cast<void>(Pipe(shared));  // The roster of this process stays.
  const std::size_t before = testing::open_descriptors();
  {
    auto [a, b] = Pipe(shared);
    static_cast<void>(a.fileno());
    static_cast<void>(b.fileno());
    a.send(b);
    auto copy = b.recv<Connection>();
    copy.send_bytes("x");
    EXPECT_GT(testing::open_descriptors(), before);
  }
  EXPECT_EQ(testing::open_descriptors(), before);
}

}  // namespace

}  // namespace progeny::multiprocessing
