#include "multiprocessing/connection/challenge.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/raw_peer.posix.hpp"

#include <progeny/multiprocessing/connection/listener.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

namespace progeny::multiprocessing::connection {

namespace {

using namespace std::chrono_literals;
using testing::frame;

const std::string key = "secret key";
const std::string welcome_frame = frame("#WELCOME#");
constexpr std::size_t challenge_frame_size = 4 + 11 + 48;

// A client whose bytes the test writes itself, while `accept` runs.
struct Meeting {
  Listener listener{{.authkey = key}};
  Connection client = Client(listener.address());
  std::future<Connection> accepted =
      std::async(std::launch::async, [this] { return listener.accept(); });

  // The socket, without the framing of the library.
  void send(std::string_view bytes) const {
    ASSERT_EQ(::send(client.fileno(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // The listener's challenge, without the mark.
  std::string challenge() { return client.recv_bytes().substr(11); }
};

// MP-176
TEST(Handshake, LetsInWhoHasTheKey) {
  for (const Family family : {Family::unix_socket, Family::inet}) {
    Listener listener({.family = family, .authkey = key});
    testing::ForkedChild child([&listener] {
      Connection client = Client(listener.address(), {.authkey = key});
      client.send_bytes("hello");
      return 0;
    });
    Connection server = listener.accept();
    EXPECT_EQ(server.recv_bytes(), "hello");
    EXPECT_EQ(child.wait(), 0);
  }
}

// MP-176
TEST(Handshake, FailsOnBothSidesForDifferentKeys) {
  Listener listener({.authkey = key});
  testing::ForkedChild child([&listener] {
    try {
      static_cast<void>(Client(listener.address(), {.authkey = "another key"}));
      return 1;
    } catch (const AuthenticationError&) {
      return 0;
    }
  });
  EXPECT_THROW(static_cast<void>(listener.accept()), AuthenticationError);
  EXPECT_EQ(child.wait(), 0);
  testing::ForkedChild next([&listener] {
    static_cast<void>(Client(listener.address(), {.authkey = key}));
    return 0;
  });
  EXPECT_NO_THROW(static_cast<void>(listener.accept())) << "the listener still works";
  EXPECT_EQ(next.wait(), 0);
}

// MP-176: the listener challenges first, and reports a wrong answer.
TEST(Handshake, EndsWithFailureForABogusDigest) {
  Meeting meeting;
  EXPECT_EQ(meeting.challenge().size(), 48U);
  meeting.client.send_bytes("something bogus");
  EXPECT_EQ(meeting.client.recv_bytes(), "#FAILURE#");
  EXPECT_THROW(static_cast<void>(meeting.accepted.get()), AuthenticationError);
}

// MP-176: the client challenges, too.
TEST(Handshake, FailsWithoutTheClientsChallenge) {
  Meeting meeting;
  meeting.client.send_bytes(detail::answer_to(meeting.challenge(), {.key = key}));
  EXPECT_EQ(meeting.client.recv_bytes(), "#WELCOME#");
  meeting.client.send_bytes("CHALLENGE without its mark, and long enough for one");
  EXPECT_THROW(static_cast<void>(meeting.accepted.get()), AuthenticationError);
}

// MP-176
TEST(Handshake, FailsForABogusWelcome) {
  Meeting meeting;
  meeting.client.send_bytes(detail::answer_to(meeting.challenge(), {.key = key}));
  EXPECT_EQ(meeting.client.recv_bytes(), "#WELCOME#");
  const std::string challenge = detail::new_challenge();
  meeting.client.send_bytes("#CHALLENGE#" + challenge);
  detail::verify(challenge, meeting.client.recv_bytes(), {.key = key});
  meeting.client.send_bytes("#WELCOME# and more");
  EXPECT_THROW(static_cast<void>(meeting.accepted.get()), AuthenticationError);
}

// MP-176
TEST(Handshake, RefusesAnswersOfMoreThan256Bytes) {
  Meeting meeting;
  static_cast<void>(meeting.challenge());
  meeting.send("\x7f\xff\xff\xff");
  EXPECT_THROW(static_cast<void>(meeting.accepted.get()), OSError);
}

// MP-175
TEST(KeylessClient, SeesTheChallengeAsItsFirstMessage) {
  Meeting meeting;
  EXPECT_TRUE(meeting.client.recv_bytes().starts_with("#CHALLENGE#{sha256}"));
  meeting.client.send_bytes("hello");
  EXPECT_THROW(static_cast<void>(meeting.accepted.get()), AuthenticationError);
}

// MP-175
TEST(KeylessClient, ThatClosesIsAnEnd) {
  Meeting meeting;
  static_cast<void>(meeting.challenge());
  meeting.client.close();
  EXPECT_THROW(static_cast<void>(meeting.accepted.get()), EOFError);
}

// MP-175
TEST(ClientWithAKey, SeesTheEndWhenAKeylessListenerCloses) {
  Listener listener;
  testing::ForkedChild child([&listener] {
    try {
      static_cast<void>(Client(listener.address(), {.authkey = key}));
      return 1;
    } catch (const EOFError&) {
      return 0;
    }
  });
  listener.accept().close();
  EXPECT_EQ(child.wait(), 0);
}

// MP-175. Differs from CPython: up to 3.12 a listener with an empty key lets everybody in.
TEST(EmptyKey, IsRefused) {
  EXPECT_THROW(Listener({.authkey = ""}), ValueError);
  EXPECT_THROW(static_cast<void>(Client("/tmp/x", {.authkey = ""})), ValueError);
}

TEST(SilentClient, CannotHoldTheListenerForever) {
  Listener listener({.authkey = key, .handshake_timeout = 50ms});
  Connection client = Client(listener.address());
  EXPECT_THROW(static_cast<void>(listener.accept()), AuthenticationError);
  static_cast<void>(client.recv_bytes());
  EXPECT_THROW(static_cast<void>(client.recv_bytes()), EOFError) << "the listener has hung up";
}

// The limit holds for the whole handshake, even if each byte comes in time.
TEST(SlowClient, CannotHoldTheListenerForever) {
  Listener listener({.authkey = key, .handshake_timeout = 50ms});
  const Connection client = Client(listener.address());
  const std::string half = frame("half of an answer").substr(0, 7);
  ASSERT_EQ(::send(client.fileno(), half.data(), half.size(), MSG_NOSIGNAL), 7);
  EXPECT_THROW(static_cast<void>(listener.accept()), AuthenticationError);
}

TEST(AcceptTimeout, HoldsForTheHandshakeToo) {
  Listener listener({.authkey = key});
  const Connection client = Client(listener.address());
  EXPECT_THROW(static_cast<void>(listener.accept(50ms)), TimeoutError);
}

// For every bit of the client's answer that may be wrong, and every place where it may stop.
TEST(Handshake, FailsForEveryTruncationAndManyFlips) {
  const auto attempt = [](std::size_t size, std::size_t bit) {
    testing::RawPeer peer = testing::make_raw_peer();
    detail::ListenerHandshake handshake(peer.connection.fileno(), {.key = key});
    const auto let_in = [&] {
      while (!handshake.advance() && peer.connection.poll(60s)) {
      }
    };
    const std::string challenge = peer.read(challenge_frame_size).substr(4 + 11);
    std::string answer = frame(detail::answer_to(challenge, {.key = key}));
    if (bit < answer.size() * 8) {
      answer[bit / 8] = static_cast<char>(answer[bit / 8] ^ (1 << bit % 8));
    }
    peer.write(answer.substr(0, size));
    ::shutdown(peer.socket.get(), SHUT_WR);
    EXPECT_ANY_THROW(let_in()) << size << " bytes, bit " << bit;
    peer.connection.close();
    EXPECT_NE(peer.read(welcome_frame.size()), welcome_frame) << size << " bytes, bit " << bit;
  };
  constexpr std::size_t whole = 4 + 8 + 32;
  for (std::size_t size = 0; size < whole; ++size) {
    attempt(size, whole * 8);
  }
  for (std::size_t bit = 0; bit < whole * 8; ++bit) {
    attempt(whole, bit);
  }
}

}  // namespace

}  // namespace progeny::multiprocessing::connection
