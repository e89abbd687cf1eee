#include <progeny/multiprocessing/connection.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

namespace mp = progeny::multiprocessing;

// How many segments with data this end of a network connection has sent.
std::uint32_t segments_sent(const mp::Connection& connection) {
  tcp_info info{};
  socklen_t size = sizeof info;
  EXPECT_EQ(::getsockopt(connection.fileno(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
  return info.tcpi_data_segs_out;
}

// N5: a message above 4 KiB went out as two writes, and so as two segments. The local network takes
// segments of some 64 KiB.
TEST(NetworkMessage, IsOneSegment) {
  mp::connection::Listener listener({.family = mp::connection::Family::inet});
  mp::Connection client = mp::connection::Client(listener.address());
  mp::Connection server = listener.accept();
  for (const std::size_t size : {1, 4091, 4092, 4093, 4096, 5000, 16384, 16385}) {
    const std::string message(size, 'x');
    const std::uint32_t before = segments_sent(client);
    client.send_bytes(message);
    EXPECT_EQ(segments_sent(client), before + 1) << size;
    EXPECT_EQ(server.recv_bytes(), message);
    client.send(message);
    EXPECT_EQ(segments_sent(client), before + 2) << size;
    EXPECT_EQ(server.recv<std::string>(), message);
  }
}

}  // namespace
