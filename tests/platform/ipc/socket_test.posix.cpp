#include "base/deadline.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/ipc/socket.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using namespace std::chrono_literals;
using detail::Deadline;
using testing::failure_of;
using testing::TableVerdict;
using testing::TempDir;
using testing::very_long;

const Deadline already(0ns);
constexpr int backlog = 8;

const Endpoint any_port{.family = SocketFamily::inet, .host = "127.0.0.1"};

// A name that no file has, new for each test process.
Endpoint nameless_file(const std::string& name) {
  return {.path = std::string(1, '\0') + "progeny-test-" + name + std::to_string(::getpid())};
}

// Connects to a listener and has both ends say something.
void expect_talk(const Handle& listener) {
  const auto client = connect_to(endpoint_of(listener.get()), Deadline(very_long));
  ASSERT_TRUE(client);
  const auto accepted = accept_from(listener.get(), Deadline(very_long));
  ASSERT_TRUE(accepted);
  char byte = 0;
  EXPECT_EQ(write_some(client->get(), "x").count, 1U);
  EXPECT_EQ(read_some(accepted->socket.get(), {&byte, 1}).count, 1U);
  EXPECT_EQ(write_some(accepted->socket.get(), "y").count, 1U);
  EXPECT_EQ(read_some(client->get(), {&byte, 1}).count, 1U);
  EXPECT_EQ(byte, 'y');
  EXPECT_TRUE(testing::is_close_on_exec(listener.get()));
  EXPECT_TRUE(testing::is_close_on_exec(client->get()));
  EXPECT_TRUE(testing::is_close_on_exec(accepted->socket.get()));
  EXPECT_EQ(::fcntl(client->get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(::fcntl(accepted->socket.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(Socket, ListensAtAPath) {
  const TempDir dir;
  const Endpoint where{.path = (dir.path() / "socket").string()};
  const Handle listener = listen_at(where, backlog);
  EXPECT_EQ(endpoint_of(listener.get()).path, where.path);
  expect_talk(listener);
}

TEST(Socket, ListensAtANameThatNoFileHas) {
  const Handle listener = listen_at(nameless_file("listens"), backlog);
  EXPECT_EQ(endpoint_of(listener.get()).path, nameless_file("listens").path);
  expect_talk(listener);
}

TEST(Socket, ListensAtAnyFreePort) {
  const Handle listener = listen_at(any_port, backlog);
  const Endpoint where = endpoint_of(listener.get());
  EXPECT_EQ(where.family, SocketFamily::inet);
  EXPECT_EQ(where.host, "127.0.0.1");
  EXPECT_NE(where.port, 0);
  expect_talk(listener);
}

TEST(Socket, ListensAtAllAddressesOfThisMachine) {
  const Handle listener = listen_at({.family = SocketFamily::inet}, backlog);
  EXPECT_EQ(endpoint_of(listener.get()).host, "0.0.0.0");
  expect_talk(listener);
}

TEST(Socket, ListensByTheNewerProtocol) {
  Handle listener;
  try {
    listener = listen_at({.family = SocketFamily::inet6, .host = "::1"}, backlog);
  } catch (const OSError&) {
    GTEST_SKIP() << "this machine has no IPv6";
  }
  EXPECT_EQ(endpoint_of(listener.get()).family, SocketFamily::inet6);
  EXPECT_EQ(endpoint_of(listener.get()).host, "::1");
  expect_talk(listener);
}

TEST(Socket, SendsAtOnceOverANetwork) {
  const Handle listener = listen_at(any_port, backlog);
  const auto client = connect_to(endpoint_of(listener.get()), Deadline(very_long));
  const auto accepted = accept_from(listener.get(), Deadline(very_long));
  for (const native_handle socket : {client->get(), accepted->socket.get()}) {
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    EXPECT_EQ(::getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
    EXPECT_NE(no_delay, 0);
  }
}

TEST(Listen, NamesTheStepThatFailed) {
  const auto call_of = [](const Endpoint& where) {
    try {
      static_cast<void>(listen_at(where, backlog));
      return std::string("nothing");
    } catch (const OSError& error) {
      return error.call() + " " + error.filename().value_or("");
    }
  };
  EXPECT_EQ(call_of({.path = "/no/such/folder/socket"}), "bind /no/such/folder/socket");
  const std::string too_long = "/tmp/" + std::string(200, 's');
  EXPECT_EQ(call_of({.path = too_long}), "bind " + too_long);
  EXPECT_EQ(call_of({.family = SocketFamily::inet, .host = "no.such.host.invalid"}),
            "getaddrinfo no.such.host.invalid");
  // An address for documentation (RFC 5737), which no machine has.
  EXPECT_EQ(call_of({.family = SocketFamily::inet, .host = "192.0.2.1"}), "bind 192.0.2.1");
}

TEST(Listen, RefusesAnAddressThatIsTaken) {
  const Handle listener = listen_at(any_port, backlog);
  EXPECT_EQ(
      failure_of([&] { static_cast<void>(listen_at(endpoint_of(listener.get()), backlog)); }).error,
      EADDRINUSE);
}

TEST(Listen, TakesAPathOfExactlyTheLongestLength) {
  const TempDir dir;
  // 108 bytes with the NUL behind it, unix(7); a name that no file has needs none.
  const std::string start = (dir.path() / "").string();
  EXPECT_TRUE(listen_at({.path = start + std::string(107 - start.size(), 's')}, backlog));
  EXPECT_EQ(failure_of([&] {
              const Endpoint where{.path = start + std::string(108 - start.size(), 's')};
              static_cast<void>(listen_at(where, backlog));
            }).error,
            ENAMETOOLONG);
  std::string nameless = nameless_file("long").path;
  nameless.resize(108, 's');
  const Handle listener = listen_at({.path = nameless}, backlog);
  EXPECT_EQ(endpoint_of(listener.get()).path, nameless);
}

TEST(Accept, IsNothingAtTheDeadline) {
  const Handle listener = listen_at(nameless_file("deadline"), backlog);
  EXPECT_FALSE(accept_from(listener.get(), already));
  const testing::SignalStorm storm;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(accept_from(listener.get(), Deadline(30ms)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 30ms);
}

TEST(Accept, TellsWhereItComesFrom) {
  const Handle listener = listen_at(any_port, backlog);
  const auto client = connect_to(endpoint_of(listener.get()), Deadline(very_long));
  const auto accepted = accept_from(listener.get(), Deadline(very_long));
  ASSERT_TRUE(client && accepted);
  EXPECT_EQ(accepted->peer.port, endpoint_of(client->get()).port);
  EXPECT_EQ(accepted->peer.host, "127.0.0.1");
  const Handle local = listen_at(nameless_file("nameless"), backlog);
  const auto nameless = connect_to(endpoint_of(local.get()), Deadline(very_long));
  EXPECT_EQ(accept_from(local.get(), Deadline(very_long))->peer.path, "");
}

TEST(Accept, OfWhatIsNoListenerIsAnError) {
  const Handle null = open_null_device();
  EXPECT_EQ(failure_of([&] { static_cast<void>(accept_from(null.get(), already)); }).error,
            ENOTSOCK);
}

TEST(Accept, WithoutAFreeDescriptorIsAnError) {
  const Handle listener = listen_at(nameless_file("full"), backlog);
  const auto client = connect_to(endpoint_of(listener.get()), Deadline(very_long));
  EXPECT_EQ(testing::verdict_with_full_table(
                "accept", [&] { static_cast<void>(accept_from(listener.get(), Deadline())); }),
            TableVerdict::as_promised);
}

TEST(Connect, ToWhereNobodyListensIsAnError) {
  EXPECT_EQ(
      failure_of([] { static_cast<void>(connect_to(nameless_file("none"), Deadline())); }).error,
      ECONNREFUSED);
  EXPECT_EQ(
      failure_of([] { static_cast<void>(connect_to({.path = "/no/such/socket"}, Deadline())); }),
      (testing::Failure{.error = ENOENT, .filename = "/no/such/socket"}));
  Handle listener = listen_at(any_port, backlog);
  const Endpoint where = endpoint_of(listener.get());
  listener.reset();
  EXPECT_EQ(failure_of([&] { static_cast<void>(connect_to(where, Deadline(very_long))); }),
            (testing::Failure{.error = ECONNREFUSED, .filename = "127.0.0.1"}));
}

TEST(Connect, IsNothingAtTheDeadlineWhileTheQueueIsFull) {
  const Endpoint where = nameless_file("queue");
  const Handle listener = listen_at(where, 0);
  const auto first = connect_to(where, Deadline(very_long));
  EXPECT_TRUE(first);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(connect_to(where, Deadline(20ms)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 20ms);
  EXPECT_FALSE(connect_to(where, already));
}

TEST(Connect, WaitsForAPlaceInTheQueueAlsoUnderSignals) {
  const Endpoint where = nameless_file("place");
  const Handle listener = listen_at(where, 0);
  const auto first = connect_to(where, Deadline(very_long));
  const testing::SignalStorm storm;
  std::thread accepter([&] {
    for (int connection = 0; connection < 2; ++connection) {
      EXPECT_TRUE(accept_from(listener.get(), Deadline(very_long)));
    }
  });
  EXPECT_TRUE(connect_to(where, Deadline()));
  accepter.join();
}

TEST(Connect, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table(
                "socket", [] { static_cast<void>(connect_to(nameless_file("full"), Deadline())); }),
            TableVerdict::as_promised);
}

}  // namespace

}  // namespace progeny::platform
