#include "multiprocessing/connection/pipes.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace progeny::multiprocessing {

namespace {

using namespace std::string_literals;

const std::string letters = "abcdefghijklmnopqrstuvwxyz";

// Expects that `reader` receives `expected`, then the end of the stream.
void expect_messages(Connection& reader, const std::vector<std::string>& expected) {
  for (const std::string& message : expected) {
    EXPECT_EQ(reader.recv_bytes(), message);
  }
  EXPECT_THROW(static_cast<void>(reader.recv_bytes()), EOFError);
}

class PipeBytes : public testing::EveryPipe {
 protected:
  std::pair<Connection, Connection> pipe = Pipe(GetParam());
  Connection& reader = pipe.first;
  Connection& writer = pipe.second;
};

INSTANTIATE_FOR_EVERY_PIPE(PipeBytes);

class DuplexPipeBytes : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_DUPLEX_PIPE(DuplexPipeBytes);

// MP-152
TEST_P(PipeBytes, KeepsMessagesApartAndInOrder) {
  const std::vector<std::string> messages{"hello", "", "a", "b", "", "bye", "", "lop", "cd"};
  for (const std::string& message : messages) {
    writer.send_bytes(message);
  }
  writer.close();
  expect_messages(reader, messages);
}

// MP-152: sizes around the buffers of the library and of the system, and the header's end.
TEST_P(PipeBytes, CarriesMessagesOfEverySize) {
  const std::vector<std::size_t> sizes{
      1, 3, 4, 5, 4091, 4092, 4093, 4096, 65535, 65536, 65537, 262144, 262145, 1048577, 5000000};
  const std::jthread sender([this, &sizes] {
    for (const std::size_t size : sizes) {
      writer.send_bytes(testing::pattern(size));
    }
  });
  for (const std::size_t size : sizes) {
    EXPECT_TRUE(reader.recv_bytes() == testing::pattern(size)) << size;
  }
}

// MP-153
TEST_P(PipeBytes, SendsThePartThatIsAskedFor) {
  writer.send_bytes(letters, 5);
  writer.send_bytes(letters, 7, 8);
  writer.send_bytes(letters, 26);
  writer.send_bytes(letters, 26, 0);
  writer.send_bytes(letters, 0, 26);
  writer.close();
  expect_messages(reader, {letters.substr(5), letters.substr(7, 8), "", "", letters});
}

// MP-153
TEST_P(PipeBytes, SendsNothingOfAPartThatIsNotThere) {
  EXPECT_THROW(writer.send_bytes(letters, 27), ValueError);
  EXPECT_THROW(writer.send_bytes(letters, 22, 5), ValueError);
  EXPECT_THROW(writer.send_bytes(letters, 26, 1), ValueError);
  EXPECT_THROW(writer.send_bytes(letters, -1), ValueError);
  EXPECT_THROW(writer.send_bytes(letters, 4, -1), ValueError);
  writer.close();
  expect_messages(reader, {});
}

TEST_P(PipeBytes, SendsTheMemoryOfAnyRange) {
  const std::vector<std::uint16_t> numbers{0x4141, 0x4242};
  writer.send_bytes(numbers);
  EXPECT_EQ(reader.recv_bytes(), "AABB");
}

// MP-154
TEST_P(PipeBytes, ReceivesIntoMemoryOfTheCaller) {
  std::string buffer = "..........";
  writer.send_bytes("hello");
  EXPECT_EQ(reader.recv_bytes_into(buffer), 5U);
  EXPECT_EQ(buffer, "hello.....");
  writer.send_bytes("world");
  EXPECT_EQ(reader.recv_bytes_into(buffer, 5), 5U);
  EXPECT_EQ(buffer, "helloworld");
  writer.send_bytes("");
  EXPECT_EQ(reader.recv_bytes_into(buffer, 10), 0U);
  EXPECT_EQ(buffer, "helloworld");
}

// MP-154: the offset counts bytes, not elements.
TEST_P(PipeBytes, CountsBytesInABufferOfLargerElements) {
  std::array<std::uint32_t, 2> buffer{};
  writer.send_bytes("\x01\0\0\0"s);
  EXPECT_EQ(reader.recv_bytes_into(buffer, 4), 4U);
  EXPECT_EQ(buffer.front(), 0U);
  EXPECT_EQ(buffer.back(), 1U);
}

// MP-154
TEST_P(PipeBytes, RefusesAnOffsetThatIsNotInTheBufferBeforeReceiving) {
  std::string buffer(10, '.');
  writer.send_bytes("kept");
  EXPECT_THROW(reader.recv_bytes_into(buffer, -1), ValueError);
  EXPECT_THROW(reader.recv_bytes_into(buffer, 11), ValueError);
  EXPECT_EQ(reader.recv_bytes(), "kept");
}

// MP-154
TEST_P(PipeBytes, HandsOverAMessageThatDoesNotFit) {
  std::string buffer(10, '.');
  writer.send_bytes(letters);
  writer.send_bytes("next");
  try {
    reader.recv_bytes_into(buffer, 3);
    FAIL() << "26 bytes went into 7";
  } catch (const BufferTooShort& error) {
    EXPECT_EQ(error.message(), letters);
    EXPECT_STREQ(error.what(), "a message of 26 bytes does not fit into the 7 bytes of the buffer");
  }
  EXPECT_EQ(buffer, std::string(10, '.'));
  EXPECT_EQ(reader.recv_bytes(), "next");
}

TEST_P(PipeBytes, ReceivesAMessageOfExactlyTheAllowedLength) {
  writer.send_bytes("four");
  EXPECT_EQ(reader.recv_bytes(4), "four");
  writer.send_bytes("");
  EXPECT_EQ(reader.recv_bytes(0), "");
}

TEST_P(PipeBytes, RefusesANegativeMaximum) {
  writer.send_bytes("kept");
  EXPECT_THROW(static_cast<void>(reader.recv_bytes(-1)), ValueError);
  EXPECT_EQ(reader.recv_bytes(), "kept");
}

// As in Python, no later message can be received.
TEST_P(PipeBytes, CanNotBeReceivedFromAfterALongerMessageThanAllowed) {
  writer.send_bytes("five!");
  EXPECT_THROW(static_cast<void>(reader.recv_bytes(4)), OSError);
  EXPECT_FALSE(reader.readable());
  EXPECT_THROW(static_cast<void>(reader.recv_bytes()), OSError);
  EXPECT_EQ(reader.closed(), !GetParam().duplex) << "a duplex end can still send";
}

TEST_P(DuplexPipeBytes, StillSendsAfterALongerMessageThanAllowed) {
  auto [a, b] = Pipe(GetParam());
  b.send_bytes("five!");
  EXPECT_THROW(static_cast<void>(a.recv_bytes(4)), OSError);
  a.send_bytes("back");
  EXPECT_EQ(b.recv_bytes(), "back");
}

}  // namespace

}  // namespace progeny::multiprocessing
