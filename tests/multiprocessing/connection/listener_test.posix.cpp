#include "support/children/forked_child.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/multiprocessing/connection/listener.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace progeny::multiprocessing::connection {

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::Failure;
using testing::failure_of;

// An abstract name that no other test uses.
std::string abstract_name(const std::string& name) {
  return "\0progeny_test_"s + std::to_string(::getpid()) + "_" + name;
}

// MP-169
TEST(ListenerByDefault, HasAPathInAPrivateFolderUntilItIsClosed) {
  Listener listener;
  const std::filesystem::path path = listener.address().path();
  const std::filesystem::path folder = path.parent_path();
  EXPECT_EQ(listener.address().family(), Family::unix_socket);
  EXPECT_EQ(listener.last_accepted(), std::nullopt);
  EXPECT_TRUE(std::filesystem::is_socket(path));
  EXPECT_EQ(std::filesystem::status(folder).permissions(), std::filesystem::perms::owner_all);
  listener.close();
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(folder));
}

// MP-169
TEST(ListenerWithAnAbstractName, LeavesNoFile) {
  const std::string name = abstract_name("no_file");
  Listener listener(name);
  EXPECT_EQ(listener.address().path(), name);
  EXPECT_EQ(to_string(listener.address()), "@" + name.substr(1));
  Connection client = Client(name);
  Connection server = listener.accept();
  client.send_bytes("hello");
  EXPECT_EQ(server.recv_bytes(), "hello");
}

struct EachAddress : ::testing::TestWithParam<const char*> {
  testing::TempDir dir;

  [[nodiscard]] Address address() const {
    const std::string kind = GetParam();
    if (kind == "inet") {
      return {"127.0.0.1", 0};
    }
    if (kind == "inet6") {
      return {"::1", 0};
    }
    return kind == "path" ? Address((dir.path() / "socket").string())
                          : Address(abstract_name(kind));
  }
};

INSTANTIATE_TEST_SUITE_P(Addresses,
                         EachAddress,
                         ::testing::Values("inet", "inet6", "path", "abstract"),
                         [](const auto& each) { return each.param; });

// MP-170
TEST_P(EachAddress, IsWhereAClientOfAnotherProcessIsAccepted) {
  Listener listener(address());
  testing::ForkedChild child([&listener] {
    Connection client = Client(listener.address());
    client.send_bytes("hello");
    return client.poll(testing::very_long) && client.recv_bytes() == "welcome" ? 0 : 1;
  });
  Connection server = listener.accept();
  EXPECT_EQ(server.recv_bytes(), "hello");
  server.send_bytes("welcome");
  EXPECT_EQ(child.wait(), 0);
}

// MP-172
TEST_P(EachAddress, CannotBeTakenTwice) {
  const Listener listener(address());
  EXPECT_EQ(failure_of([&] { const Listener second(listener.address()); }).error, EADDRINUSE);
}

// MP-172
TEST_P(EachAddress, IsFreeAgainAfterTheScope) {
  const Address taken = Listener(address()).address();
  EXPECT_NO_THROW(Listener{taken});
}

// MP-170
TEST(ListenerOnPort0, TellsTheRealPortAndThePeer) {
  Listener listener({"127.0.0.1", 0});
  EXPECT_NE(listener.address().port(), 0);
  const Connection client = Client(listener.address());
  const Connection server = listener.accept();
  ASSERT_TRUE(listener.last_accepted());
  EXPECT_EQ(listener.last_accepted()->host(), "127.0.0.1");
  EXPECT_NE(listener.last_accepted()->port(), 0);
  EXPECT_NE(listener.last_accepted()->port(), listener.address().port());
}

TEST(ListenerOfAFamily, ChoosesAnAddressOfIt) {
  const Listener listener({.family = Family::inet});
  EXPECT_EQ(listener.address().host(), "127.0.0.1");
  Listener everywhere({"", 0});
  EXPECT_EQ(everywhere.address().host(), "0.0.0.0");
  const Connection client = Client({"localhost", everywhere.address().port()});
  EXPECT_NO_THROW(static_cast<void>(everywhere.accept()));
}

// MP-172
TEST(ListenerClose, CanBeRepeatedAndEndsAccepting) {
  Listener listener;
  listener.close();
  listener.close();
  try {
    static_cast<void>(listener.accept());
    FAIL() << "a client was accepted";
  } catch (const OSError& error) {
    EXPECT_EQ(error.call(), "listener is closed");
  }
  const Listener moved = std::move(listener);
  EXPECT_THROW(static_cast<void>(listener.accept()), OSError);  // NOLINT(bugprone-use-after-move)
}

TEST(ListenerAccept, GivesUpAfterTheTimeout) {
  Listener listener;
  EXPECT_THROW(static_cast<void>(listener.accept(20ms)), TimeoutError);
  EXPECT_THROW(static_cast<void>(listener.accept(-1s)), TimeoutError);
  const Connection client = Client(listener.address());
  EXPECT_NO_THROW(static_cast<void>(listener.accept(-1s))) << "a negative timeout looks once";
}

// A forked child does not own the listener.
TEST(ListenerInAForkedCopy, LeavesTheFile) {
  Listener listener;
  testing::ForkedChild child([&listener] {
    listener.close();
    return 0;
  });
  EXPECT_EQ(child.wait(), 0);
  const Connection client = Client(listener.address());
  EXPECT_NO_THROW(static_cast<void>(listener.accept()));
}

// MP-173
TEST(AddressForm, TellsTheFamily) {
  EXPECT_EQ(Address("localhost", 80).family(), Family::inet);
  EXPECT_EQ(Address("::1", 80).family(), Family::inet6);
  EXPECT_EQ(Address("/tmp/x").family(), Family::unix_socket);
  EXPECT_EQ(Address("\\\\.\\pipe\\x").family(), Family::named_pipe);
  EXPECT_THROW(Address("localhost", -1), ValueError);
  EXPECT_THROW(Address("localhost", 65536), ValueError);
}

TEST(AddressText, IsWhatAPersonWrites) {
  std::ostringstream out;
  out << Address("::1", 80);
  EXPECT_EQ(out.str(), "[::1]:80");
  EXPECT_EQ(to_string(Address("localhost", 80)), "localhost:80");
  EXPECT_EQ(to_string(Address("/tmp/x")), "/tmp/x");
}

// MP-173
TEST(ForeignFamily, IsRefused) {
  EXPECT_THROW(Listener("\\\\.\\test"), ValueError);
  EXPECT_THROW(static_cast<void>(Client("\\\\.\\test")), ValueError);
  EXPECT_THROW(Listener({.family = Family::named_pipe}), ValueError);
  EXPECT_THROW(Listener("/tmp/x", {.family = Family::inet}), ValueError);
  EXPECT_THROW(static_cast<void>(Client({"localhost", 1}, {.family = Family::unix_socket})),
               ValueError);
  EXPECT_THROW(Listener(""), ValueError);
}

// MP-173
TEST(ClientWithoutAListener, IsToldWhatIsMissing) {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "none").string();
  EXPECT_EQ(failure_of([&] { static_cast<void>(Client(path)); }), (Failure{ENOENT, path}));
  const Address was_taken = Listener({"127.0.0.1", 0}).address();
  EXPECT_EQ(failure_of([&] { static_cast<void>(Client(was_taken)); }).error, ECONNREFUSED);
}

TEST(TooLongPath, IsRefused) {
  const std::string path = "/tmp/" + std::string(200, 'x');
  EXPECT_EQ(failure_of([&] { const Listener listener(path); }), (Failure{ENAMETOOLONG, path}));
}

TEST(ClientOfAFullQueue, GivesUpAfterTheTimeout) {
  const Listener listener({.backlog = 1});
  std::vector<Connection> waiting;
  EXPECT_THROW(
      {
        for (int i = 0; i < 10; ++i) {
          waiting.push_back(Client(listener.address(), {.timeout = 50ms}));
        }
      },
      TimeoutError);
}

}  // namespace

}  // namespace progeny::multiprocessing::connection
