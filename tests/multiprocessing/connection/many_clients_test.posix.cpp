#include "multiprocessing/connection/challenge.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

// Several clients of one listener, of which some stall.

namespace progeny::multiprocessing::connection {

namespace {

using namespace std::chrono_literals;
using testing::very_long;

const std::string secret = "secret key";

// Clients that connect, and prove nothing.
std::vector<Connection> silent_clients(const Listener& listener, int count) {
  std::vector<Connection> clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(Client(listener.address()));
  }
  return clients;
}

// A client in a thread that proves the key and says a word.
std::future<void> honest_client(const Listener& listener) {
  return std::async(std::launch::async, [address = listener.address()] {
    Connection client = Client(address, {.authkey = secret});
    client.send_bytes("hello");
    EXPECT_EQ(client.recv_bytes(), "welcome");
  });
}

void serve(Connection client) {
  EXPECT_EQ(client.recv_bytes(), "hello");
  client.send_bytes("welcome");
}

struct ManyClients : ::testing::TestWithParam<Family> {};

INSTANTIATE_TEST_SUITE_P(Families,
                         ManyClients,
                         ::testing::Values(Family::unix_socket, Family::inet),
                         [](const auto& each) {
                           return each.param == Family::inet ? "inet" : "unix";
                         });

// D3: each silent client held up all others for the time of a handshake.
TEST_P(ManyClients, WhoAreSilentKeepNobodyWaiting) {
  Listener listener({.family = GetParam(), .authkey = secret, .handshake_timeout = Timeout()});
  const auto silent = silent_clients(listener, 20);
  auto honest = honest_client(listener);
  serve(listener.accept(very_long));
  honest.get();
}

// D3: the place of a silent client goes to one that waits, and only that.
TEST_P(ManyClients, GetThePlacesOfSilentOnes) {
  Listener listener({.family = GetParam(),
                     .authkey = secret,
                     .handshake_timeout = Timeout(),
                     .max_handshakes = 2});
  auto silent = silent_clients(listener, 5);
  auto honest = honest_client(listener);
  serve(listener.accept(very_long));
  honest.get();
  EXPECT_TRUE(silent.front().recv_bytes().starts_with("#CHALLENGE#"));
  EXPECT_THROW(static_cast<void>(silent.front().recv_bytes()), EOFError);
}

// D3: a limit on handshakes costs honest clients nothing but their turn.
TEST_P(ManyClients, AllGetInOneAfterTheOther) {
  Listener listener({.family = GetParam(), .authkey = secret, .max_handshakes = 3});
  std::vector<std::future<void>> clients;
  for (int i = 0; i < 12; ++i) {
    clients.push_back(honest_client(listener));
  }
  for (int i = 0; i < 12; ++i) {
    serve(listener.accept(very_long));
  }
  for (auto& client : clients) {
    client.get();
  }
}

// D3
TEST_P(ManyClients, AreAcceptedByManyThreads) {
  Listener listener({.family = GetParam(), .authkey = secret});
  const auto silent = silent_clients(listener, 3);
  std::vector<std::jthread> servers;
  for (int i = 0; i < 4; ++i) {
    servers.emplace_back([&listener] {
      for (int served = 0; served < 5; ++served) {
        serve(listener.accept(very_long));
      }
    });
  }
  std::vector<std::future<void>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(honest_client(listener));
  }
  for (auto& client : clients) {
    client.get();
  }
}

// D3: one that fails is an exception, and the others go on.
TEST(FailingClient, LeavesTheOthersAlone) {
  Listener listener({.authkey = secret});
  Connection gone = Client(listener.address());
  Connection wrong = Client(listener.address());
  wrong.send_bytes("no answer");
  gone.close();
  auto honest = honest_client(listener);
  int failures = 0;
  for (bool served = false; !served;) {
    try {
      serve(listener.accept(very_long));
      served = true;
    } catch (const AuthenticationError&) {
      ++failures;
    } catch (const EOFError&) {
      ++failures;
    } catch (const OSError& error) {
      EXPECT_EQ(error.code(), std::errc::broken_pipe);
      ++failures;
    }
  }
  EXPECT_LE(failures, 2);
  honest.get();
}

// D3: a loop of events never has to wait inside of `accept`.
TEST(ListenerHandle, IsReadableWhileAProofGoesOn) {
  Listener listener({.authkey = secret});
  Connection client = Client(listener.address());
  ASSERT_EQ(wait({listener}, very_long).size(), 1U);
  EXPECT_THROW(static_cast<void>(listener.accept(0s)), TimeoutError);
  EXPECT_TRUE(wait({listener}, 0s).empty());
  const std::string challenge = client.recv_bytes().substr(11);
  client.send_bytes(detail::answer_to(challenge, {.key = secret}));
  ASSERT_EQ(wait({listener}, very_long).size(), 1U);
  EXPECT_THROW(static_cast<void>(listener.accept(0s)), TimeoutError);
  EXPECT_EQ(client.recv_bytes(), "#WELCOME#");
  client.send_bytes("#CHALLENGE#" + detail::new_challenge());
  static_cast<void>(wait({listener}, very_long));
  EXPECT_THROW(static_cast<void>(listener.accept(0s)), TimeoutError);
  static_cast<void>(client.recv_bytes());
  client.send_bytes("#WELCOME#");
  client.send_bytes("the first message");
  EXPECT_EQ(listener.accept(very_long).recv_bytes(), "the first message");
  EXPECT_TRUE(wait({listener}, 0s).empty());
}

// D3: parent and child share the listener, but not the proofs that have begun.
TEST(ListenerInAForkedCopy, LeavesTheProofsOfTheParentAlone) {
  Listener listener({.authkey = secret});
  Connection client = Client(listener.address());
  EXPECT_THROW(static_cast<void>(listener.accept(0s)), TimeoutError);
  testing::ForkedChild child([&listener] {
    serve(listener.accept(very_long));
    return 0;
  });
  honest_client(listener).get();
  EXPECT_EQ(child.wait(), 0);
  client.send_bytes(detail::answer_to(client.recv_bytes().substr(11), {.key = secret}));
  EXPECT_THROW(static_cast<void>(listener.accept(0s)), TimeoutError);
  EXPECT_EQ(client.recv_bytes(), "#WELCOME#");
}

TEST(ListenerOptions, WithoutPlacesAreRefused) {
  EXPECT_THROW(Listener({.authkey = secret, .max_handshakes = 0}), ValueError);
}

// D4: the client's limit begins with the challenge, as the listener may be busy before.
TEST(ClientOfABusyListener, Waits) {
  Listener listener({.authkey = secret});
  auto client = std::async(std::launch::async, [&listener] {
    return Client(listener.address(), {.authkey = secret, .handshake_timeout = 2s});
  });
  EXPECT_EQ(client.wait_for(2500ms), std::future_status::timeout);
  EXPECT_NO_THROW(static_cast<void>(listener.accept(very_long)));
  EXPECT_NO_THROW(static_cast<void>(client.get()));
}

// D4
TEST(ClientLimits, AreTimeoutErrors) {
  Listener listener;
  EXPECT_THROW(static_cast<void>(Client(listener.address(), {.authkey = secret, .timeout = 50ms})),
               TimeoutError);
  static_cast<void>(listener.accept());
  auto client = std::async(std::launch::async, [&listener] {
    return Client(listener.address(), {.authkey = secret, .handshake_timeout = 50ms});
  });
  Connection server = listener.accept();
  ASSERT_EQ(::send(server.fileno(), "\0\0", 2, MSG_NOSIGNAL), 2) << "the beginning of a challenge";
  EXPECT_THROW(static_cast<void>(client.get()), TimeoutError);
}

// D5
TEST(Backlog, HasRoomForFiftyClients) {
  for (const Family family : {Family::unix_socket, Family::inet}) {
    const Listener listener({.family = family});
    std::vector<Connection> clients;
    for (int i = 0; i < 50; ++i) {
      clients.push_back(Client(listener.address(), {.timeout = very_long}));
    }
    EXPECT_EQ(clients.size(), 50U);
  }
}

// N3
TEST(StoppedAccept, LeavesTheListenerUsable) {
  for (const bool is_keyed : {false, true}) {
    Listener listener({.authkey = is_keyed ? std::optional(secret) : std::nullopt});
    std::stop_source stop;
    auto accepted =
        std::async(std::launch::async, [&] { return listener.accept({}, stop.get_token()); });
    stop.request_stop();
    EXPECT_THROW(static_cast<void>(accepted.get()), CancelledError);
    EXPECT_THROW(static_cast<void>(listener.accept({}, stop.get_token())), CancelledError);
    auto client = std::async(std::launch::async, [&] {
      return Client(listener.address(),
                    {.authkey = is_keyed ? std::optional(secret) : std::nullopt});
    });
    EXPECT_NO_THROW(static_cast<void>(listener.accept(very_long)));
    EXPECT_NO_THROW(static_cast<void>(client.get()));
  }
}

// N3: there are two places in the queue, so that one of the clients below gets none.
TEST(StoppedClient, GivesUp) {
  const Listener listener({.backlog = 1});
  const Connection first = Client(listener.address());
  std::stop_source stop;
  const auto connect = [&] {
    return Client(listener.address(), {.authkey = secret, .stop = stop.get_token()});
  };
  auto second = std::async(std::launch::async, connect);
  auto third = std::async(std::launch::async, connect);
  stop.request_stop();
  EXPECT_THROW(static_cast<void>(second.get()), CancelledError);
  EXPECT_THROW(static_cast<void>(third.get()), CancelledError);
}

// D3: the owner of a shared handle served one receiver after the other, each for up to 5 seconds.
TEST(SharedHandle, IsFetchedBesideSilentReceivers) {
  const Handle null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const resource_sharer::DupFd ticket(null.get());
  std::vector<Connection> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(Client(ticket.address()));
  }
  testing::ForkedChild child([&ticket] { return ticket.detach() ? 0 : 1; });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_TRUE(resource_sharer::stop(very_long));
}

}  // namespace

}  // namespace progeny::multiprocessing::connection
