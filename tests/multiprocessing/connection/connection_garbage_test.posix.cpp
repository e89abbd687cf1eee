#include "multiprocessing/connection/pipes.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/raw_peer.posix.hpp"
#include "support/system/process_facts.posix.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace progeny::multiprocessing {

namespace {

using namespace std::string_literals;
using testing::frame;
using testing::make_raw_peer;
using testing::RawPeer;

// A peer that sends `bytes`, then closes its end.
RawPeer peer_that_sent(std::string_view bytes) {
  RawPeer peer = make_raw_peer();
  peer.write(bytes);
  peer.socket.reset();
  return peer;
}

std::string truncation_in(Connection& connection) {
  try {
    static_cast<void>(connection.recv_bytes());
    return "a message";
  } catch (const OSError& error) {
    return error.call();
  } catch (const EOFError&) {
    return "the end";
  }
}

// MP-162
TEST(TruncatedStream, IsNoCleanEndAnywhereInsideAMessage) {
  const std::string whole = frame("a message");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    RawPeer peer = peer_that_sent(whole.substr(0, size));
    EXPECT_EQ(truncation_in(peer.connection), "got end of file during message") << size;
  }
  RawPeer clean = peer_that_sent(whole);
  EXPECT_EQ(clean.connection.recv_bytes(), "a message");
  EXPECT_EQ(truncation_in(clean.connection), "the end");
}

// MP-162
TEST(TruncatedStream, IsNoCleanEndInsideALongHeader) {
  const std::string header = "\xff\xff\xff\xff\0\0\0\0\0\0\0\x03"s;
  for (std::size_t size = 1; size <= header.size(); ++size) {
    RawPeer peer = peer_that_sent(std::string_view(header).substr(0, size));
    EXPECT_EQ(truncation_in(peer.connection), "got end of file during message") << size;
  }
}

TEST(LongHeader, IsTakenForAnyLength) {
  RawPeer peer = make_raw_peer();
  peer.write("\xff\xff\xff\xff\0\0\0\0\0\0\0\x03"s + "abc");
  peer.write("\xff\xff\xff\xff\0\0\0\0\0\0\0\0"s);
  EXPECT_EQ(peer.connection.recv_bytes(), "abc");
  EXPECT_EQ(peer.connection.recv_bytes(), "");
}

// MP-160
TEST(NegativeLength, ClosesTheConnection) {
  for (const std::string& header : {"\xff\xff\xff\xfe"s,
                                    "\x80\0\0\0"s,
                                    "\xff\0\0\0"s,
                                    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s}) {
    RawPeer peer = make_raw_peer();
    peer.write(header + "and more");
    EXPECT_THROW(static_cast<void>(peer.connection.recv_bytes()), OSError);
    EXPECT_TRUE(peer.connection.closed());
  }
}

// Memory grows with the bytes that arrive, not with the length that a peer states. This runs in a
// new process, as the peak of this one may be high already.
TEST(HugeLength, TakesNoMemoryInAdvance) {
  testing::ForkedChild child([] {
    constexpr long most_growth = 64L * 1024;
    const std::string gibibyte = "\x40\0\0\0"s;
    RawPeer peer = peer_that_sent(gibibyte + std::string(100000, 'x'));
    const long before = std::stol(testing::status_line("VmPeak"));
    const bool is_truncated = truncation_in(peer.connection) == "got end of file during message";
    const long growth = std::stol(testing::status_line("VmPeak")) - before;
    return is_truncated && growth < most_growth ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

// For all bytes, each call ends with a message or an exception, and the stream ends.
TEST(Garbage, EndsInAnException) {
  std::uint32_t state = 1;
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (int i = 0; i < 64; ++i) {
      state = state * 1664525U + 1013904223U;
      bytes += static_cast<char>(state >> 24);
    }
    bytes[0] = static_cast<char>(round % 2 == 0 ? 0 : bytes[0]);
    bytes[1] = static_cast<char>(round % 4 < 2 ? 0 : bytes[1]);
    RawPeer peer = peer_that_sent(bytes);
    bool ended = false;
    for (int i = 0; i < 64 && !ended; ++i) {
      try {
        static_cast<void>(detail::ConnectionAccess::recv_object(peer.connection));
      } catch (const RuntimeError&) {  // A message, but no value.
      } catch (const std::exception&) {
        ended = true;
      }
    }
    EXPECT_TRUE(ended);
  }
}

class KilledPeers : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_DUPLEX_PIPE(KilledPeers);

TEST_P(KilledPeers, AreAnEndInsideTheMessage) {
  auto [a, b] = Pipe(GetParam());
  testing::ForkedChild child([&a, &b] {
    a.close();
    b.send_bytes(std::string(std::size_t{64} << 20, 'x'));
    return 0;
  });
  b.close();
  EXPECT_TRUE(a.poll(Timeout()));
  child.kill();
  EXPECT_EQ(child.wait(), -SIGKILL);
  EXPECT_EQ(truncation_in(a), "got end of file during message");
}

}  // namespace

}  // namespace progeny::multiprocessing
