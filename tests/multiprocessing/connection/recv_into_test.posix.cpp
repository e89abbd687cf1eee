// Connection::recv_into, over all kinds of connections.

#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>
#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace {

using testing::pattern;

struct Point {
  double x = 0;
  double y = 0;
  bool operator==(const Point&) const = default;
};

class RecvInto : public ::testing::TestWithParam<PipeOptions> {
 protected:
  // Sends from another thread, as a long message has no room in the system's buffer.
  template <class Sent, class Received>
  void pass(const Sent& value, Received& to) {
    std::thread sender([&] { out_.send(value); });
    try {
      in_.recv_into(to);
    } catch (...) {
      sender.join();
      throw;
    }
    sender.join();
  }

  Connection in_;
  Connection out_;

  RecvInto() : RecvInto(Pipe(GetParam())) {}

 private:
  explicit RecvInto(std::pair<Connection, Connection> ends)
      : in_(std::move(ends.first)), out_(std::move(ends.second)) {}
};

INSTANTIATE_TEST_SUITE_P(EveryPipe,
                         RecvInto,
                         ::testing::Values(PipeOptions{.duplex = false},
                                           PipeOptions{.duplex = true},
                                           PipeOptions{.duplex = false, .shared = true},
                                           PipeOptions{.duplex = true, .shared = true}),
                         [](const auto& which) {
                           return std::string(which.param.duplex ? "Duplex" : "Simplex") +
                                  (which.param.shared ? "Shared" : "");
                         });

// The sizes lie around what the count takes, a block, a packet, a piece of a ring, and the memory
// that is taken before the bytes have come.
TEST_P(RecvInto, TakesStringsOfAllLengths) {
  std::string text = "from before";
  for (const std::size_t size : {0UL,
                                 1UL,
                                 14UL,
                                 254UL,
                                 255UL,
                                 4'082UL,
                                 4'083UL,
                                 16'370UL,
                                 16'384UL,
                                 65'522UL,
                                 66'000UL,
                                 66'100UL,
                                 300'000UL,
                                 1'048'576UL,
                                 1'048'577UL,
                                 1'300'000UL,
                                 100UL}) {
    pass(pattern(size), text);
    EXPECT_TRUE(text == pattern(size)) << size;
  }
}

TEST_P(RecvInto, UsesTheMemoryAgain) {
  std::string text(500'000, 'x');
  const char* const memory = text.data();
  for (const std::size_t size : {400'000UL, 10UL, 500'000UL}) {
    pass(pattern(size), text);
    EXPECT_TRUE(text == pattern(size)) << size;
    EXPECT_EQ(static_cast<const void*>(text.data()), memory) << size;
  }
}

TEST_P(RecvInto, TakesFlatValues) {
  std::vector<Point> points;
  std::vector<Point> sent(100'000);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    sent[i] = {.x = static_cast<double>(i), .y = -1};
  }
  pass(sent, points);
  EXPECT_TRUE(points == sent);
  std::array<int, 1000> numbers{};
  std::array<int, 1000> many{};
  many.fill(7);
  pass(many, numbers);
  EXPECT_EQ(numbers, many);
  int number = 0;
  pass(42, number);
  EXPECT_EQ(number, 42);
}

TEST_P(RecvInto, TakesOtherValues) {
  std::map<std::string, std::vector<int>> map{{"old", {}}};
  pass(std::map<std::string, std::vector<int>>{{"a", {1, 2}}}, map);
  EXPECT_EQ(map, (std::map<std::string, std::vector<int>>{{"a", {1, 2}}}));
}

TEST_P(RecvInto, RefusesAnotherTypeAndGoesOn) {
  std::string text;
  EXPECT_THROW(pass(std::vector<double>{1, 2, 3}, text), serial::DecodeError);
  EXPECT_THROW(pass(std::map<int, int>{{1, 2}}, text), serial::DecodeError);
  EXPECT_THROW(pass(7, text), serial::DecodeError);
  int number = 0;
  EXPECT_THROW(pass(std::string(300'000, 'x'), number), serial::DecodeError);
  pass(std::string("right"), text);
  EXPECT_EQ(text, "right");
}

// Bytes that no `send` has sent.
TEST_P(RecvInto, RefusesGarbage) {
  const std::string right = [] {
    auto [a, b] = Pipe(false);
    b.send(std::string("text"));
    return a.recv_bytes();
  }();
  std::string text;
  for (std::size_t size = 0; size < right.size(); ++size) {
    out_.send_bytes(right.substr(0, size));
    EXPECT_ANY_THROW(in_.recv_into(text)) << size;
  }
  for (std::size_t changed = 0; changed < 6; ++changed) {
    std::string wrong = right;
    wrong[changed] = static_cast<char>(wrong[changed] + 1);
    out_.send_bytes(wrong);
    EXPECT_ANY_THROW(in_.recv_into(text)) << changed;
  }
  // A count of more bytes than any memory holds.
  out_.send_bytes(right.substr(0, 5) + std::string(9, '\xff') + "text");
  EXPECT_THROW(in_.recv_into(text), serial::DecodeError);
  out_.send_bytes(right);
  in_.recv_into(text);
  EXPECT_EQ(text, "text");
}

TEST_P(RecvInto, RefusesAValueWithHandles) {
  auto [a, b] = Pipe();
  std::string text;
  const std::size_t before = testing::open_descriptors();
  EXPECT_THROW(pass(a, text), serial::DecodeError);
  EXPECT_TRUE(resource_sharer::stop(testing::very_long));  // A simplex pipe passes handles by it.
  // What its thread has had of a client may be closed a moment later.
  EXPECT_TRUE(testing::eventually([&] { return testing::open_descriptors() == before; }));
}

}  // namespace

}  // namespace progeny::multiprocessing
