#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

// The short form of what tests/fuzz does for as long as it is let.

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

/// Whether the bytes are a value; anything but a value or a DecodeError leaves the test.
template <class T>
bool decodes(std::string_view bytes) {
  try {
    static_cast<void>(serial::to_bytes(serial::from_bytes<T>(bytes)));
    return true;
  } catch (const serial::DecodeError&) {
    return false;
  }
}

template <class T>
void expect_no_prefix_to_decode(const std::string& bytes) {
  for (std::size_t length = 0; length != bytes.size(); ++length) {
    EXPECT_FALSE(decodes<T>(std::string_view(bytes).substr(0, length))) << "cut at " << length;
  }
}

char with_bit_turned(char byte, unsigned bit) {
  return static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
}

/// How many of all messages with one bit turned are still a value.
template <class T>
std::size_t decoding_with_one_bit_turned(std::string bytes) {
  std::size_t decoded = 0;
  for (char& byte : bytes) {
    for (unsigned bit = 0; bit != 8; ++bit) {
      byte = with_bit_turned(byte, bit);
      decoded += decodes<T>(bytes) ? 1 : 0;
      byte = with_bit_turned(byte, bit);
    }
  }
  return decoded;
}

TEST(Garbage, NoMessageThatIsCutOffDecodes) {
  expect_no_prefix_to_decode<Rich>(serial::to_bytes(rich_value()));
  expect_no_prefix_to_decode<Link>(serial::to_bytes(linked_value()));
}

TEST(Garbage, NoMessageThatIsTooLongDecodes) {
  EXPECT_EQ(decoding_error<Rich>(serial::to_bytes(rich_value()) + '\0'),
            "1 bytes are left behind the value");
}

TEST(Garbage, AnyBitTurnedGivesAValueOrADecodeError) {
  const std::string rich = serial::to_bytes(rich_value());
  EXPECT_LT(decoding_with_one_bit_turned<Rich>(rich), rich.size() * 8);
  const std::string linked = serial::to_bytes(linked_value());
  EXPECT_LT(decoding_with_one_bit_turned<Link>(linked), linked.size() * 8);
}

TEST(Garbage, NoBitOfTheFingerprintMayBeTurned) {
  std::string bytes = serial::to_bytes(rich_value());
  for (unsigned bit = 0; bit != 32; ++bit) {
    bytes[bit / 8] = with_bit_turned(bytes[bit / 8], bit % 8);
    EXPECT_FALSE(decodes<Rich>(bytes)) << "bit " << bit;
    bytes[bit / 8] = with_bit_turned(bytes[bit / 8], bit % 8);
  }
  EXPECT_TRUE(decodes<Rich>(bytes));
}

TEST(Garbage, AnyByteReplacedByAnExtremeOneGivesAValueOrADecodeError) {
  const std::string bytes = serial::to_bytes(rich_value());
  std::size_t refused = 0;
  for (std::size_t at = 0; at != bytes.size(); ++at) {
    for (const char extreme : {'\0', '\x01', '\x7f', '\x80', '\xfe', '\xff'}) {
      std::string garbled = bytes;
      garbled[at] = extreme;
      refused += decodes<Rich>(garbled) ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
