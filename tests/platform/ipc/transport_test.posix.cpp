#include "base/deadline.hpp"
#include "platform/io/pipe.hpp"
#include "platform/ipc/transport.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/system/blocking.posix.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using namespace std::chrono_literals;
using detail::Deadline;
using testing::very_long;

const Deadline already(0ns);

struct Ends {
  Handle first;   ///< Sends.
  Handle second;  ///< Receives.
};

Ends make_ends(TransportKind kind) {
  if (kind == TransportKind::pipe) {
    Pipe pipe = make_pipe(PipeEnd::read);
    return {.first = std::move(pipe.write_end), .second = std::move(pipe.read_end)};
  }
  const int type = kind == TransportKind::packet_socket ? SOCK_SEQPACKET : SOCK_STREAM;
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {.first = Handle(ends[0]), .second = Handle(ends[1])};
}

// The parameters: what the ends are, and whether they block.
class ChannelTest : public ::testing::TestWithParam<std::tuple<TransportKind, bool>> {
 protected:
  ChannelTest() {
    testing::set_blocking(ends_.first.get(), std::get<1>(GetParam()));
    testing::set_blocking(ends_.second.get(), std::get<1>(GetParam()));
  }

  IoResult send(std::string_view bytes, const Deadline& deadline) {
    return send_some(ends_.first.get(), kind_, bytes, deadline);
  }
  IoResult receive(const Deadline& deadline) {
    return receive_some(ends_.second.get(), kind_, space_, deadline);
  }
  // Sends until there is no room.
  void fill() {
    const std::string block(1000, 'x');
    IoResult last;
    while (!last.error) {
      last = send(block, already);
    }
    EXPECT_EQ(last.error, std::errc::timed_out);
  }

  TransportKind kind_ = std::get<0>(GetParam());
  Ends ends_ = make_ends(kind_);
  std::array<char, 4096> space_{};
};

INSTANTIATE_TEST_SUITE_P(Kinds,
                         ChannelTest,
                         ::testing::Combine(::testing::Values(TransportKind::pipe,
                                                              TransportKind::local_socket,
                                                              TransportKind::packet_socket),
                                            ::testing::Bool()));

TEST_P(ChannelTest, IsOfItsKind) {
  EXPECT_EQ(transport_kind(ends_.first.get()), kind_);
  EXPECT_EQ(transport_kind(ends_.second.get()), kind_);
}

TEST_P(ChannelTest, MovesBytesWithAndWithoutADeadline) {
  for (const Deadline& deadline : {Deadline(), Deadline(very_long), already}) {
    EXPECT_EQ(send("some bytes", deadline).count, 10U);
    EXPECT_EQ(receive(deadline).count, 10U);
    EXPECT_EQ(std::string_view(space_.data(), 10), "some bytes");
  }
}

TEST_P(ChannelTest, TimesOutWithoutBytes) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(receive(Deadline(20ms)).error, std::errc::timed_out);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 20ms);
  EXPECT_EQ(receive(already).error, std::errc::timed_out);
}

TEST_P(ChannelTest, TimesOutWithoutRoom) {
  fill();
  EXPECT_EQ(send("more", Deadline(5ms)).error, std::errc::timed_out);
  static_cast<void>(receive(already));
}

TEST_P(ChannelTest, WaitsForTheFirstByte) {
  std::thread sender([&] { EXPECT_EQ(send("x", Deadline()).count, 1U); });
  EXPECT_EQ(receive(Deadline()).count, 1U);
  sender.join();
}

TEST_P(ChannelTest, WaitsForRoom) {
  fill();
  std::thread receiver([&] {
    for (int block = 0; block < 80; ++block) {
      EXPECT_FALSE(receive(Deadline()).error);
    }
  });
  EXPECT_EQ(send("x", Deadline()).count, 1U);
  ends_.first.reset();
  receiver.join();
}

TEST_P(ChannelTest, EndsWithoutAnError) {
  ends_.first.reset();
  for (const Deadline& deadline : {Deadline(), already}) {
    const IoResult end = receive(deadline);
    EXPECT_EQ(end.count, 0U);
    EXPECT_FALSE(end.error);
  }
}

TEST_P(ChannelTest, WithoutAReceiverIsABrokenPipeAndNoSignal) {
  ends_.second.reset();
  EXPECT_EQ(testing::verdict_of_copy([&] {
              std::signal(SIGPIPE, SIG_DFL);
              const bool at_once = send("x", Deadline()).error == std::errc::broken_pipe;
              return at_once && send("x", already).error == std::errc::broken_pipe ? 0 : 1;
            }),
            0);
}

TEST_P(ChannelTest, WaitsTheWholeTimeUnderSignals) {
  const testing::SignalStorm storm;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(receive(Deadline(30ms)).error, std::errc::timed_out);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 30ms);
}

TEST_P(ChannelTest, LeavesErrnoAndItsFlags) {
  const int flags = ::fcntl(ends_.second.get(), F_GETFL);
  errno = ENOTTY;
  static_cast<void>(receive(already));
  EXPECT_EQ(errno, ENOTTY);
  EXPECT_EQ(::fcntl(ends_.second.get(), F_GETFL), flags);
}

TEST(TransportKind, OfWhatIsNoSocketIsAPipe) {
  EXPECT_EQ(transport_kind(Handle::none()), TransportKind::pipe);
  EXPECT_EQ(transport_kind(open_null_device().get()), TransportKind::pipe);
  const Handle network(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(transport_kind(network.get()), TransportKind::network_socket);
}

TEST(TransportKind, TellsWhetherHandlesPass) {
  EXPECT_TRUE(passes_handles(TransportKind::local_socket));
  EXPECT_TRUE(passes_handles(TransportKind::packet_socket));
  EXPECT_FALSE(passes_handles(TransportKind::pipe));
  EXPECT_FALSE(passes_handles(TransportKind::network_socket));
}

TEST(PacketChannel, KeepsTheBoundsOfPackets) {
  const Ends ends = make_ends(TransportKind::packet_socket);
  const std::string largest(largest_packet, 'p');
  const auto send = [&](std::string_view bytes) {
    return send_some(ends.first.get(), TransportKind::packet_socket, bytes, Deadline()).count;
  };
  EXPECT_EQ(send("first"), 5U);
  EXPECT_EQ(send(largest), largest_packet);
  std::string space(2 * largest_packet, '\0');
  const auto receive = [&](std::size_t size) {
    return receive_some(
               ends.second.get(), TransportKind::packet_socket, {space.data(), size}, Deadline())
        .count;
  };
  EXPECT_EQ(receive(2), 2U) << "the rest of the packet is lost";
  EXPECT_EQ(receive(space.size()), largest_packet);
}

TEST(Channel, OfWhatIsNotOpenIsAnError) {
  std::array<char, 4> space{};
  EXPECT_EQ(receive_some(-1, TransportKind::pipe, space, Deadline()).error,
            std::errc::bad_file_descriptor);
  EXPECT_EQ(send_some(-1, TransportKind::local_socket, "x", Deadline()).error,
            std::errc::bad_file_descriptor);
}

}  // namespace

}  // namespace progeny::platform
