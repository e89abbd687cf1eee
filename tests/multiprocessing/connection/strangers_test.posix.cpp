#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection.hpp>
#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What holds for connections by address, and not for the ends of a Pipe.

namespace {

namespace mp = progeny::multiprocessing;
namespace serial = progeny::serial;

using Large = std::optional<std::array<double, 1000>>;

struct Strangers : ::testing::TestWithParam<mp::connection::Family> {
  mp::connection::Listener listener{{.family = GetParam()}};
  mp::Connection client = mp::connection::Client(listener.address());
  mp::Connection server = listener.accept();
};

INSTANTIATE_TEST_SUITE_P(Families,
                         Strangers,
                         ::testing::Values(mp::connection::Family::unix_socket,
                                           mp::connection::Family::inet));

// C6: 9 KB of message are 72 MB of value.
TEST_P(Strangers, HaveALimitOfMemory) {
  const std::vector<Large> values(9000);
  client.send(values);
  EXPECT_THROW(static_cast<void>(server.recv<std::vector<Large>>()), serial::DecodeError);
  client.send(values);
  EXPECT_EQ(server.recv<std::vector<Large>>({.max_memory = serial::any_memory}).size(), 9000U);
  client.send(std::string(1000, 'x'));
  EXPECT_THROW(static_cast<void>(server.recv<std::string>({.max_memory = 999})),
               serial::DecodeError);
  client.send(std::string(1000, 'x'));
  EXPECT_THROW(static_cast<void>(server.recv<std::string>({.maxlength = 100})), progeny::OSError);
}

// C6: what a message needs for its own length is always there.
TEST_P(Strangers, MaySendWhatIsAsLargeAsItSays) {
  const std::vector<std::string> texts(100000);
  client.send(texts);
  EXPECT_EQ(server.recv<std::vector<std::string>>(), texts);
}

TEST(Family, HasNoLimitOfMemory) {
  auto [reader, writer] = mp::Pipe();
  writer.send(std::vector<Large>(9000));
  EXPECT_EQ(reader.recv<std::vector<Large>>().size(), 9000U);
}

// A message that says where its handles are to be fetched would have us connect to that address.
TEST_P(Strangers, CannotHaveUsConnectAnywhere) {
  client.send_bytes(std::string("\x02\0\0\0\1\0\0\0\4/tmp\0\0\0\0\0\0\0\1", 21));
  try {
    static_cast<void>(server.recv<int>());
    FAIL() << "believed";
  } catch (const progeny::RuntimeError& error) {
    EXPECT_STREQ(error.what(),
                 "the message has handles to fetch, which no message of this connection has");
  }
}

std::string filename_of_failure(mp::Connection& connection) {
  try {
    connection.send_bytes("");
  } catch (const progeny::OSError& error) {
    return error.filename().value_or("");
  }
  return "no error";
}

// K: an error names its connection.
TEST_P(Strangers, AreNamedInErrors) {
  server.close();
  EXPECT_NE(filename_of_failure(server).find(to_string(listener.address())), std::string::npos);
  client.close();
  EXPECT_EQ(filename_of_failure(client), to_string(listener.address()));
  auto [reader, writer] = mp::Pipe(false);
  EXPECT_EQ(filename_of_failure(reader),
            "the connection by handle " + std::to_string(reader.fileno()));
}

}  // namespace
