#include "platform/ipc/handle_passing.hpp"
#include "support/faults/raw_peer.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/memory_file.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/reduction.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <stop_token>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

namespace progeny::multiprocessing::reduction {

namespace {

std::string text_in(const Handle& handle) {
  std::string text(16, '\0');
  const ssize_t count = ::pread(handle.get(), text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

// MP-181
TEST(SendFds, KeepsOrderAndCount) {
  auto [a, b] = Pipe();
  const testing::MemoryFile one("one");
  const testing::MemoryFile two("two");
  const std::array handles{one.descriptor(), two.descriptor(), one.descriptor()};
  sendfds(a.fileno(), handles);
  const std::vector<Handle> received = recvfds(b.fileno(), 3);
  ASSERT_EQ(received.size(), 3U);
  EXPECT_EQ(text_in(received[0]), "one");
  EXPECT_EQ(text_in(received[1]), "two");
  EXPECT_EQ(text_in(received[2]), "one");
  EXPECT_TRUE(testing::is_close_on_exec(received[0].get()));
}

// MP-181
TEST(RecvFds, LeavesNoneOpenWhenTheirNumberIsWrong) {
  auto [a, b] = Pipe();
  const testing::MemoryFile file("text");
  const std::array handles{file.descriptor(), file.descriptor()};
  const std::size_t before = testing::open_descriptors();
  sendfds(a.fileno(), handles);
  EXPECT_THROW(static_cast<void>(recvfds(b.fileno(), 3)), RuntimeError);
  sendfds(a.fileno(), handles);
  EXPECT_THROW(static_cast<void>(recvfds(b.fileno(), 1)), RuntimeError);
  EXPECT_EQ(testing::open_descriptors(), before);
}

// MP-181: the byte with the number of handles disagrees with their number.
TEST(RecvFds, LeavesNoneOpenWhenTheSenderMiscounts) {
  auto [a, b] = Pipe();
  const testing::MemoryFile file("text");
  const std::array handles{file.descriptor()};
  const std::size_t before = testing::open_descriptors();
  ASSERT_EQ(
      platform::send_with_handles(a.fileno(), "\x02", handles, progeny::detail::Deadline()).count,
      1U);
  EXPECT_THROW(static_cast<void>(recvfds(b.fileno(), 1)), RuntimeError);
  a.send_bytes("no handle");
  EXPECT_THROW(static_cast<void>(recvfds(b.fileno(), 1)), RuntimeError);
  EXPECT_EQ(testing::open_descriptors(), before);
}

TEST(RecvFds, SeesTheEnd) {
  auto [a, b] = Pipe();
  a.close();
  EXPECT_THROW(static_cast<void>(recvfds(b.fileno(), 1)), EOFError);
}

TEST(SendHandle, MovesOneHandleBetweenMessages) {
  auto [a, b] = Pipe();
  const testing::MemoryFile file("text");
  a.send_bytes("before");
  send_handle(a, file.descriptor());
  a.send_bytes("after");
  EXPECT_EQ(b.recv_bytes(), "before");
  EXPECT_EQ(text_in(recv_handle(b)), "text");
  EXPECT_EQ(b.recv_bytes(), "after");
}

// It had no socket to send by, and said ENOTSOCK.
TEST(SendHandle, PassesThroughASharedPipe) {
  auto [a, b] = Pipe({.shared = true});
  const testing::MemoryFile file("text");
  a.send_bytes("before");
  send_handle(a, file.descriptor());
  a.send_bytes("after");
  EXPECT_EQ(b.recv_bytes(), "before");
  EXPECT_EQ(text_in(recv_handle(b)), "text");
  EXPECT_EQ(b.recv_bytes(), "after");
}

TEST(SendHandle, SaysWhereNoHandleCanPass) {
  auto [reader, writer] = Pipe(false);
  try {
    send_handle(writer, reader.fileno());
    FAIL() << "sent through a pipe";
  } catch (const OSError& error) {
    EXPECT_EQ(error.call(),
              "send_handle: the connection is no local socket, so no handle can pass");
  }
  EXPECT_THROW(static_cast<void>(recv_handle(reader)), OSError);
}

// P3: as Python 3.14 does it.
TEST(Acknowledgement, IsSentAndAwaited) {
  auto [a, b] = Pipe();
  const testing::MemoryFile file("text");
  auto receiver = std::async(std::launch::async, [end = std::ref(b)] {
    return recv_handle(end.get(), {.acknowledge = true});
  });
  send_handle(a, file.descriptor(), 0, {.acknowledge = true});
  EXPECT_EQ(text_in(receiver.get()), "text");
  EXPECT_FALSE(a.poll()) << "the byte has been taken";
}

// P3
TEST(Acknowledgement, ThatDoesNotComeIsAnError) {
  auto [a, b] = Pipe();
  const testing::MemoryFile file("text");
  const auto send = [&] {
    send_handle(a, file.descriptor(), 0, {.acknowledge = true, .timeout = std::chrono::seconds(0)});
  };
  EXPECT_THROW(send(), TimeoutError);
  ASSERT_EQ(::send(b.fileno(), "B", 1, 0), 1);
  EXPECT_THROW(send(), RuntimeError);
  b.close();
  EXPECT_THROW(send(), OSError);
}

// D3, N3: a peer that stalls.
TEST(RecvHandle, TakesALimitAndAStop) {
  for (const bool shared : {false, true}) {
    auto [a, b] = Pipe({.shared = shared});
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(static_cast<void>(recv_handle(b, {.timeout = std::chrono::milliseconds(1)})),
                 TimeoutError);
    EXPECT_THROW(static_cast<void>(recv_handle(b, {.stop = stop.get_token()})), CancelledError);
  }
}

}  // namespace

}  // namespace progeny::multiprocessing::reduction
