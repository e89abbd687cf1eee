#include "multiprocessing/connection/pipes.hpp"
#include "support/system/handle_facts.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace progeny::multiprocessing {

namespace {

// The text of the OSError that is thrown; empty if none is.
std::string complaint(const std::function<void()>& call) {
  try {
    call();
    return {};
  } catch (const OSError& error) {
    return error.call();
  }
}

void expect_closed(Connection& connection) {
  std::string buffer(8, '.');
  EXPECT_TRUE(connection.closed());
  const std::vector<std::function<void()>> calls{
      [&] { connection.send_bytes("x"); },
      [&] { connection.send(1); },
      [&] { static_cast<void>(connection.recv_bytes()); },
      [&] { static_cast<void>(connection.recv<int>()); },
      [&] { connection.recv_bytes_into(buffer); },
      [&] { static_cast<void>(connection.poll()); },
      [&] { static_cast<void>(connection.fileno()); }};
  for (const auto& call : calls) {
    EXPECT_EQ(complaint(call), "handle is closed");
  }
}

class PipeState : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_PIPE(PipeState);

class DuplexPipeState : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_DUPLEX_PIPE(DuplexPipeState);

// MP-163
TEST_P(DuplexPipeState, IsNotThatOfAPipeThatGoesOneWay) {
  auto [reader, writer] = Pipe({.duplex = false, .shared = GetParam().shared});
  std::string buffer(8, '.');
  EXPECT_TRUE(reader.readable());
  EXPECT_FALSE(reader.writable());
  EXPECT_FALSE(writer.readable());
  EXPECT_TRUE(writer.writable());
  EXPECT_EQ(complaint([&] { reader.send_bytes("x"); }), "connection is read-only");
  EXPECT_EQ(complaint([&] { reader.send(1); }), "connection is read-only");
  const std::vector<std::function<void()>> receiving{
      [&] { static_cast<void>(writer.recv_bytes()); },
      [&] { static_cast<void>(writer.recv<int>()); },
      [&] { static_cast<void>(writer.poll()); },
      [&] { writer.recv_bytes_into(buffer); }};
  for (const auto& call : receiving) {
    EXPECT_EQ(complaint(call), "connection is write-only");
  }
}

// MP-164
TEST_P(DuplexPipeState, MayBeClosedAgain) {
  auto [a, b] = Pipe(GetParam());
  EXPECT_FALSE(a.closed());
  a.close();
  a.close();
  expect_closed(a);
}

// MP-164
TEST_P(DuplexPipeState, ClosesAtItsEnd) {
  auto [a, b] = Pipe(GetParam());
  native_handle handle = -1;
  {
    const Connection inner = std::move(a);
    handle = inner.fileno();
    EXPECT_TRUE(testing::is_open(handle));
  }
  EXPECT_FALSE(testing::is_open(handle));
  EXPECT_THROW(static_cast<void>(b.recv_bytes()), EOFError);
}

// MP-164
TEST_P(DuplexPipeState, MovesAndLeavesTheSourceClosed) {
  auto [a, b] = Pipe(GetParam());
  Connection moved = std::move(a);
  expect_closed(a);  // NOLINT(bugprone-use-after-move): the point.
  moved.send_bytes("x");
  EXPECT_EQ(b.recv_bytes(), "x");
}

TEST_P(DuplexPipeState, MovesAndClosesWhatItReplaces) {
  auto [a, b] = Pipe(GetParam());
  auto [c, d] = Pipe(GetParam());
  a = std::move(c);
  EXPECT_THROW(static_cast<void>(b.recv_bytes()), EOFError);
  a.send_bytes("x");
  EXPECT_EQ(d.recv_bytes(), "x");
}

// MP-165
TEST(ConnectionOfAHandle, NeedsAHandleAndADirection) {
  EXPECT_THROW(Connection(Handle{}), ValueError);
  EXPECT_THROW(Connection(Handle(-5)), ValueError);
  auto [a, b] = Pipe();
  EXPECT_THROW(Connection(Handle(::dup(a.fileno())), false, false), ValueError);
}

// MP-165
TEST(ConnectionOfAHandle, ThatWasNeverOpenedFailsWhenUsed) {
  constexpr int never_opened = 44977608;
  Connection connection{Handle(never_opened)};
  EXPECT_THROW(static_cast<void>(connection.poll()), OSError);
  EXPECT_THROW(static_cast<void>(connection.recv_bytes()), OSError);
  EXPECT_THROW(connection.send_bytes("x"), OSError);
}

// MP-150
TEST_P(PipeState, HasHandlesThatAreClosedOnExec) {
  const auto [a, b] = Pipe(GetParam());
  EXPECT_GE(a.fileno(), 3);
  EXPECT_TRUE(testing::is_close_on_exec(a.fileno()));
  EXPECT_TRUE(testing::is_close_on_exec(b.fileno()));
}

TEST_P(PipeState, IsABrokenPipeAndNoSignalOnceThePeerIsGone) {
  auto [reader, writer] = Pipe(GetParam());
  reader.close();
  try {
    writer.send_bytes("x");
    FAIL() << "the message was sent, though nobody can receive it";
  } catch (const OSError& error) {
    EXPECT_EQ(error.code(), std::errc::broken_pipe);
  }
}

}  // namespace

}  // namespace progeny::multiprocessing
