// Keyed digests, and their comparison.

#include "platform/system/hmac.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using progeny::platform::Digest;
using progeny::platform::equal_in_constant_time;
using progeny::platform::hmac;

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[static_cast<unsigned char>(byte) >> 4U];
    text += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return text;
}

// RFC 2202, 2 (test case 2), and RFC 4231, 4.3.
TEST(Hmac, IsThatOfTheStandards) {
  const std::string key = "Jefe";
  const std::string message = "what do ya want for nothing?";
  EXPECT_EQ(hex(hmac(Digest::md5, key, message)), "750c783e6ab0b503eaa86e310a5db738");
  EXPECT_EQ(hex(hmac(Digest::sha256, key, message)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, TakesAnEmptyKeyForWhatItIs) {
  const std::string other = hmac(Digest::sha256, "key", "message");
  EXPECT_NE(hmac(Digest::sha256, {}, "message"), other);
  EXPECT_EQ(hmac(Digest::sha256, {}, "message"), hmac(Digest::sha256, "", "message"));
}

TEST(EqualInConstantTime, SeesADifferenceAnywhere) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "xbc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abx"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
  EXPECT_FALSE(equal_in_constant_time("\x80", std::string_view("\0", 1)));
}

}  // namespace
