// One connection in one process.

#include "support/os_error.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::Handle;
using progeny::OSError;
using progeny::ValueError;
namespace mp = progeny::multiprocessing;

/// Both kinds of pipes: the second end sends to the first.
class BothPipes : public ::testing::TestWithParam<bool> {
 protected:
  BothPipes() : ends_(mp::Pipe(GetParam())) {}
  mp::Connection& reader() { return ends_.first; }
  mp::Connection& writer() { return ends_.second; }

 private:
  std::pair<mp::Connection, mp::Connection> ends_;
};
INSTANTIATE_TEST_SUITE_P(Kind, BothPipes, ::testing::Values(true, false), [](const auto& about) {
  return about.param ? "Duplex" : "Simplex";
});

// MP-152
TEST_P(BothPipes, MessagesStayApart) {
  for (const auto* word : {"hello", "", "a", "b", "", "bye", "", "lop"}) {
    writer().send_bytes(word);
  }
  for (const auto* word : {"hello", "", "a", "b", "", "bye", "", "lop"}) {
    EXPECT_EQ(reader().recv_bytes(), word);
  }
}

// MP-153
TEST_P(BothPipes, SendsTheRangeThatIsAskedFor) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  writer().send_bytes(letters);
  EXPECT_EQ(reader().recv_bytes(), letters);
  writer().send_bytes(letters, 5);
  EXPECT_EQ(reader().recv_bytes(), letters.substr(5));
  writer().send_bytes(letters, 7, 8);
  EXPECT_EQ(reader().recv_bytes(), letters.substr(7, 8));
  writer().send_bytes(letters, 26);
  EXPECT_EQ(reader().recv_bytes(), "");
  writer().send_bytes(letters, 26, 0);
  EXPECT_EQ(reader().recv_bytes(), "");
}

// MP-153
TEST_P(BothPipes, RefusesARangeOutsideAndSendsNothing) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  EXPECT_THROW(writer().send_bytes(letters, 27), ValueError);
  EXPECT_THROW(writer().send_bytes(letters, 22, 5), ValueError);
  EXPECT_THROW(writer().send_bytes(letters, 26, 1), ValueError);
  EXPECT_THROW(writer().send_bytes(letters, -1), ValueError);
  EXPECT_THROW(writer().send_bytes(letters, 4, -1), ValueError);
  EXPECT_FALSE(reader().poll());
}

// MP-154
TEST_P(BothPipes, ReceivesIntoSpaceOfTheCaller) {
  std::array<char, 10> space{};
  space.fill('-');
  const auto text = [&] { return std::string_view(space.data(), space.size()); };
  writer().send_bytes("abc");
  EXPECT_EQ(reader().recv_bytes_into(space), 3U);
  EXPECT_EQ(text(), "abc-------");
  writer().send_bytes("xy");
  EXPECT_EQ(reader().recv_bytes_into(space, 8), 2U);
  EXPECT_EQ(text(), "abc-----xy");
  writer().send_bytes("");
  EXPECT_EQ(reader().recv_bytes_into(space, 10), 0U);
}

// MP-154
TEST_P(BothPipes, RefusesAnOffsetOutsideBeforeItReads) {
  std::array<char, 4> space{};
  writer().send_bytes("abc");
  EXPECT_THROW(reader().recv_bytes_into(space, -1), ValueError);
  EXPECT_THROW(reader().recv_bytes_into(space, 5), ValueError);
  EXPECT_EQ(reader().recv_bytes(), "abc");
}

TEST_P(BothPipes, AMessageThatDoesNotFitIsInTheError) {
  std::array<char, 4> space{};
  writer().send_bytes("too long for it");
  try {
    reader().recv_bytes_into(space);
    FAIL() << "it fitted";
  } catch (const mp::BufferTooShort& error) {
    EXPECT_EQ(error.message(), "too long for it");
  }
}

// MP-001
TEST(MultiprocessingErrors, AreAllProcessErrors) {
  EXPECT_THROW(throw mp::BufferTooShort("x"), mp::ProcessError);
  EXPECT_THROW(throw mp::TimeoutError("x"), mp::ProcessError);
  EXPECT_THROW(throw mp::AuthenticationError("x"), mp::ProcessError);
}

// MP-157
TEST_P(BothPipes, PollingDoesNotConsume) {
  EXPECT_FALSE(reader().poll());
  EXPECT_FALSE(reader().poll(-1s));
  EXPECT_FALSE(reader().poll(50ms));
  writer().send_bytes("");
  EXPECT_TRUE(reader().poll());
  EXPECT_TRUE(reader().poll(progeny::Timeout{}));
  EXPECT_EQ(reader().recv_bytes(), "");
  EXPECT_FALSE(reader().poll());
}

// MP-157
TEST_P(BothPipes, TheEndCanBePolledForAndReceivedAgainAndAgain) {
  writer().close();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(reader().poll());
    EXPECT_THROW(static_cast<void>(reader().recv_bytes()), progeny::EOFError);
  }
}

// MP-163
TEST(SimplexPipe, GoesOneWay) {
  auto [reader, writer] = mp::Pipe(false);
  EXPECT_TRUE(reader.readable());
  EXPECT_FALSE(reader.writable());
  EXPECT_FALSE(writer.readable());
  EXPECT_TRUE(writer.writable());
  std::array<char, 4> space{};
  EXPECT_THROW(reader.send_bytes("x"), OSError);
  EXPECT_THROW(reader.send(1), OSError);
  EXPECT_THROW(static_cast<void>(writer.recv_bytes()), OSError);
  EXPECT_THROW(static_cast<void>(writer.recv<int>()), OSError);
  EXPECT_THROW(static_cast<void>(writer.poll()), OSError);
  EXPECT_THROW(writer.recv_bytes_into(space), OSError);
}

// MP-164
TEST_P(BothPipes, AClosedConnectionSaysSo) {
  reader().close();
  reader().close();
  EXPECT_TRUE(reader().closed());
  EXPECT_THROW(reader().send_bytes("x"), OSError);
  EXPECT_THROW(static_cast<void>(reader().recv_bytes()), OSError);
  EXPECT_THROW(static_cast<void>(reader().poll()), OSError);
  EXPECT_THROW(static_cast<void>(reader().fileno()), OSError);
}

TEST_P(BothPipes, SendingToNobodyIsABrokenPipe) {
  reader().close();
  EXPECT_EQ(progeny::testing::failure_of([&] { writer().send_bytes("x"); }).error, EPIPE);
}

// MP-165
TEST(Connection, IsNotMadeOfWhatIsNoHandle) {
  EXPECT_THROW(mp::Connection(Handle{}), ValueError);
  EXPECT_THROW(mp::Connection(Handle(98'765)), ValueError);
}

struct Shape {
  std::string name;
  std::vector<double> points;
  bool operator==(const Shape&) const = default;
};

// MP-150
TEST_P(BothPipes, CarriesValues) {
  const Shape shape{"triangle", {1, 2.25, 3}};
  writer().send(shape);
  EXPECT_EQ(reader().recv<Shape>(), shape);
  EXPECT_GE(reader().fileno(), 0);
}

// MP-166
TEST_P(BothPipes, AValueOfAnotherTypeIsAnErrorAndTheNextComes) {
  writer().send(1.5);
  writer().send(7);
  EXPECT_THROW(static_cast<void>(reader().recv<int>()), progeny::serial::DecodeError);
  EXPECT_EQ(reader().recv<int>(), 7);
}

TEST_P(BothPipes, LongMessagesArriveWhole) {
  for (const std::size_t size : {std::size_t{4091},
                                 std::size_t{4092},
                                 std::size_t{4093},
                                 std::size_t{65'532},
                                 std::size_t{65'533},
                                 std::size_t{200'000},
                                 std::size_t{5'000'000}}) {
    std::string sent(size, 'x');
    sent.front() = 'a';
    sent.back() = 'z';
    const std::jthread sender([&] { writer().send_bytes(sent); });
    EXPECT_EQ(reader().recv_bytes(), sent);
  }
}

TEST_P(BothPipes, ManyThreadsCanSendAndReceive) {
  constexpr int threads = 4;
  constexpr int messages = 200;
  constexpr std::size_t size = 70'000;
  std::vector<std::jthread> senders;
  for (int i = 0; i < threads; ++i) {
    senders.emplace_back([&, letter = static_cast<char>('a' + i)] {
      for (int n = 0; n < messages; ++n) {
        writer().send_bytes(std::string(size, letter));
      }
    });
  }
  for (int n = 0; n < threads * messages; ++n) {
    const auto message = reader().recv_bytes();
    EXPECT_EQ(message.size(), size);
    EXPECT_EQ(message.find_first_not_of(message.front()), std::string::npos);
  }
}

TEST_P(BothPipes, TooLongAMessageClosesTheReader) {
  writer().send_bytes("12345");
  EXPECT_THROW(static_cast<void>(reader().recv_bytes(4)), OSError);
  EXPECT_THROW(static_cast<void>(reader().recv_bytes()), OSError);
}

// MP-177
TEST(ConnectionWait, ReportsThoseThatAreReadyInOrder) {
  auto [a, to_a] = mp::Pipe();
  auto [b, to_b] = mp::Pipe(false);
  EXPECT_TRUE(mp::connection::wait({a, b}, 0s).empty());
  to_b.send_bytes("x");
  auto ready = mp::connection::wait({a, b});
  ASSERT_EQ(ready.size(), 1U);
  EXPECT_EQ(ready.front(), b);
  to_a.close();
  ready = mp::connection::wait({a, b});
  ASSERT_EQ(ready.size(), 2U);
  EXPECT_EQ(ready.front(), a);
}

// MP-178
TEST(ConnectionWait, OfNothingLastsAsLongAsItsLimit) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(mp::connection::wait({}, 50ms).empty());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 50ms);
  EXPECT_TRUE(mp::connection::wait({}, -1s).empty());
}

// MP-015
TEST(Connection, CanBePickledWithoutAskingForIt) {
  mp::allow_connection_pickling();
  mp::allow_connection_pickling();
  auto [here, there] = mp::Pipe();
  auto [a, b] = mp::Pipe();
  here.send(a);
  auto copy = there.recv<mp::Connection>();
  a.close();
  b.send_bytes("through the copy");
  EXPECT_EQ(copy.recv_bytes(), "through the copy");
}

TEST(Connection, OverAPipeCarriesNoKernelObjects) {
  auto [reader, writer] = mp::Pipe(false);
  auto [a, b] = mp::Pipe();
  EXPECT_THROW(writer.send(a), progeny::RuntimeError);
  EXPECT_FALSE(reader.poll());
}

// MP-181
TEST(Connection, CarriesSeveralInOrder) {
  auto [here, there] = mp::Pipe();
  std::vector<mp::Connection> ours;
  std::vector<mp::Connection> theirs;
  for (int i = 0; i < 20; ++i) {
    auto [a, b] = mp::Pipe();
    ours.push_back(std::move(a));
    theirs.push_back(std::move(b));
  }
  here.send(theirs);
  theirs.clear();
  auto received = there.recv<std::vector<mp::Connection>>();
  ASSERT_EQ(received.size(), 20U);
  for (int i = 0; i < 20; ++i) {
    received[static_cast<std::size_t>(i)].send(i);
    EXPECT_EQ(ours[static_cast<std::size_t>(i)].recv<int>(), i);
  }
}

// MP-181: what comes with a message that is not asked for is closed.
TEST(Connection, ClosesWhatComesUnasked) {
  auto [here, there] = mp::Pipe();
  auto [a, b] = mp::Pipe();
  here.send(b);
  here.send(b);
  b.close();
  static_cast<void>(there.recv_bytes());
  EXPECT_THROW(static_cast<void>(there.recv<int>()), progeny::serial::DecodeError);
  EXPECT_THROW(static_cast<void>(a.recv_bytes()), progeny::EOFError);
}

}  // namespace
