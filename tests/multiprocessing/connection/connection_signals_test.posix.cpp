#include "multiprocessing/connection/pipes.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/connection/listener.hpp>

#include <gtest/gtest.h>

#include <string>

#include <fcntl.h>

namespace progeny::multiprocessing {

namespace {

constexpr std::size_t large = 20'000'000;

// Sends back each message until the stream ends.
int echo(Connection& connection) {
  try {
    for (;;) {
      connection.send_bytes(connection.recv_bytes());
    }
  } catch (const EOFError&) {
    return 0;
  }
}

class StormOnPipes : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_PIPE(StormOnPipes);

class StormOnDuplexPipes : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_DUPLEX_PIPE(StormOnDuplexPipes);

// MP-167
TEST_P(StormOnDuplexPipes, DoesNotBreakMessages) {
  auto [a, b] = Pipe(GetParam());
  testing::ForkedChild child([&a, &b] {
    a.close();
    return echo(b);
  });
  b.close();
  {
    const testing::SignalStorm storm;
    const int before = testing::SignalStorm::count();
    const std::string message = testing::pattern(large);
    a.send_bytes("small");
    EXPECT_EQ(a.recv_bytes(), "small");
    testing::ForkedChild sender([&a, &message] {
      a.send_bytes(message);
      return 0;
    });
    EXPECT_TRUE(a.recv_bytes() == message);
    EXPECT_EQ(sender.wait(), 0);
    EXPECT_GT(testing::SignalStorm::count(), before);
  }
  a.close();
  EXPECT_EQ(child.wait(), 0);
}

// MP-167
TEST_P(StormOnPipes, DoesNotBreakALargeSend) {
  auto [reader, writer] = Pipe(GetParam());
  testing::ForkedChild child(
      [&reader] { return reader.recv_bytes() == testing::pattern(large) ? 0 : 1; });
  const std::string message = testing::pattern(large);
  const testing::SignalStorm storm;
  writer.send_bytes(message);
  EXPECT_EQ(child.wait(), 0);
}

// MP-167
TEST(SignalStorm, DoesNotBreakConnecting) {
  for (const auto family : {connection::Family::unix_socket, connection::Family::inet}) {
    connection::Listener listener({.family = family, .authkey = "key"});
    testing::ForkedChild child([&listener] {
      const testing::SignalStorm storm;
      Connection client = connection::Client(listener.address(), {.authkey = "key"});
      client.send_bytes("hello");
      return client.recv_bytes() == "bye" ? 0 : 1;
    });
    const testing::SignalStorm storm;
    Connection server = listener.accept();
    EXPECT_EQ(server.recv_bytes(), "hello");
    server.send_bytes("bye");
    EXPECT_EQ(child.wait(), 0);
  }
}

// O_NONBLOCK belongs to the open file, which another process may share and set.
TEST(NonBlockingHandles, AreWaitedFor) {
  for (const bool duplex : {true, false}) {
    auto [reader, writer] = Pipe(duplex);
    for (const native_handle handle : {reader.fileno(), writer.fileno()}) {
      ::fcntl(handle, F_SETFL, ::fcntl(handle, F_GETFL) | O_NONBLOCK);
    }
    testing::ForkedChild child([&writer] {
      writer.send_bytes(testing::pattern(large));
      writer.send_bytes("end");
      return 0;
    });
    EXPECT_TRUE(reader.recv_bytes() == testing::pattern(large));
    EXPECT_EQ(reader.recv_bytes(), "end");
    EXPECT_EQ(child.wait(), 0);
  }
}

}  // namespace

}  // namespace progeny::multiprocessing
