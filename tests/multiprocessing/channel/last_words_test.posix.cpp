#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

// What arrives of a peer that ends, closes its end or is killed right after it has sent something.

namespace {

using namespace std::chrono_literals;
namespace mp = progeny::multiprocessing;

enum class Kind { packets, simplex, shared, local, network };
enum class End { exits, closes, is_killed };

using Case = std::tuple<Kind, End, bool, std::size_t>;

std::pair<mp::Connection, mp::Connection> connected(mp::connection::Family family) {
  mp::connection::Listener listener({.family = family});
  auto client = mp::connection::Client(listener.address());
  return {listener.accept(), std::move(client)};
}

std::pair<mp::Connection, mp::Connection> ends_of(Kind kind) {
  switch (kind) {
    case Kind::packets:
      return mp::Pipe();
    case Kind::simplex:
      return mp::Pipe({.duplex = false});
    case Kind::shared:
      return mp::Pipe({.shared = true});
    case Kind::local:
      return connected(mp::connection::Family::unix_socket);
    case Kind::network:
      break;
  }
  return connected(mp::connection::Family::inet);
}

void send_and_end(mp::Connection& peer, std::size_t size, End end) {
  peer.send_bytes(std::string(size, 'r'));
  peer.send_bytes("the end");
  if (end == End::is_killed) {
    ::raise(SIGKILL);
  }
  if (end == End::closes) {
    peer.close();
  }
}

class LastWords : public ::testing::TestWithParam<Case> {};

// N1. A reset of a network connection destroys what is under way: the protocol is so, in Python,
// too.
TEST_P(LastWords, ArriveWholeBeforeTheEnd) {
  const auto [kind, end, has_unread, size] = GetParam();
  auto [mine, theirs] = ends_of(kind);
  if (has_unread) {
    mine.send_bytes("read by nobody");
  }
  mp::Process peer(send_and_end, std::ref(theirs), size, end);
  peer.start();
  theirs.close();
  EXPECT_EQ(mine.recv_bytes().size(), size);
  EXPECT_EQ(mine.recv_bytes(), "the end");
  EXPECT_THROW(static_cast<void>(mine.recv_bytes()), progeny::EOFError);
  EXPECT_THROW(static_cast<void>(mine.recv_bytes()), progeny::EOFError);
  peer.join();
  // The first send over a network tells the system that nobody is there; it cannot fail yet.
  if (mine.writable() && kind != Kind::network) {
    try {
      mine.send_bytes("too late");
      ADD_FAILURE() << "sent to nobody";
    } catch (const progeny::OSError& error) {
      EXPECT_EQ(error.code(), std::errc::broken_pipe) << error.what();
    }
  }
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Kind kind : {Kind::packets, Kind::simplex, Kind::shared, Kind::local, Kind::network}) {
    for (const End end : {End::exits, End::closes, End::is_killed}) {
      for (const bool has_unread : {false, true}) {
        if (has_unread && (kind == Kind::simplex || kind == Kind::network)) {
          continue;
        }
        constexpr std::size_t border = 65536;
        for (const std::size_t size : {std::size_t{1},
                                       border - 8,
                                       border - 4,
                                       border,
                                       border + 8,
                                       border + 600,
                                       border * 16}) {
          all.emplace_back(kind, end, has_unread, size);
        }
      }
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Cases, LastWords, ::testing::ValuesIn(cases()));

void send_many(mp::Connection& end, const std::string& text, bool as_values) {
  for (int i = 0; i < 200; ++i) {
    if (as_values) {
      end.send(text);
    } else {
      end.send_bytes(text);
    }
  }
}

// N2
TEST(SharedEnd, KeepsMessagesOfUpTo64KibibytesApart) {
  for (const bool as_values : {false, true}) {
    for (const std::size_t size : {65'528U, 65'533U, 65'536U}) {
      auto [mine, theirs] = mp::Pipe();
      mp::Process first(send_many, std::ref(theirs), std::string(size, 'a'), as_values);
      mp::Process second(send_many, std::ref(theirs), std::string(size, 'b'), as_values);
      first.start();
      second.start();
      for (int i = 0; i < 400; ++i) {
        const auto text = as_values ? mine.recv<std::string>() : mine.recv_bytes();
        ASSERT_EQ(text, std::string(size, text.at(0))) << size;
      }
      first.join();
      second.join();
    }
  }
}

}  // namespace
