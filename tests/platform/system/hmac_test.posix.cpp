#include "platform/system/hmac.hpp"
#include "support/children/forked_child.posix.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace progeny::platform {

namespace {

std::string in_hex(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return digits;
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int time = 0; time < times; ++time) {
    all += text;
  }
  return all;
}

struct Known {
  Digest digest;
  const char* of_words;
  const char* of_nothing;
  const char* of_long_key;
};

// What Python's hmac says. The words are those of RFC 2202 and RFC 4231.
constexpr Known known[] = {
    {.digest = Digest::md5,
     .of_words = "750c783e6ab0b503eaa86e310a5db738",
     .of_nothing = "74e6f7298a9c2d168935f58c001bad88",
     .of_long_key = "d3cd33089e10bd9ea5ef798ba25a0776"},
    {.digest = Digest::sha256,
     .of_words = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
     .of_nothing = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
     .of_long_key = "c6510f95cefcbdc0b1739c8777e08ca101a2f62215d288687bb517e6f61e5026"},
    {.digest = Digest::sha384,
     .of_words =
         "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b32"
         "39ecfab21649",
     .of_nothing =
         "6c1f2ee938fad2e24bd91298474382ca218c75db3d83e114b3d4367776d14d3551289e75e8209cd4b7"
         "92302840234adc",
     .of_long_key =
         "0026c96dbde8d5250552237f1c7bf8ab527ef81d0585123bbb5e113f20cb62a3af72e3887a3ac36c6"
         "b0f6c33c6792877"},
    {.digest = Digest::sha3_256,
     .of_words = "c7d4072e788877ae3596bbb0da73b887c9171f93095b294ae857fbe2645e1ba5",
     .of_nothing = "e841c164e5b4f10c9f3985587962af72fd607a951196fc92fb3a5251941784ea",
     .of_long_key = "fa007b839cce5d20278ec400254882d36b87b91e270cf10a33b57d546de11322"},
    {.digest = Digest::sha3_384,
     .of_words =
         "f1101f8cbf9766fd6764d2ed61903f21ca9b18f57cf3e1a23ca13508a93243ce48c045dc007f26a21b3f"
         "5e0e9df4c20a",
     .of_nothing =
         "adca89f07bbfbeaf58880c1572379ea2416568fd3b66542bd42599c57c4567e6ae086299ea216c6f3e"
         "7aef90b6191d24",
     .of_long_key =
         "cb70e1d8df4fd195c1c10f3219e744ae2a58ee2a35a1722c7c0ccddcf0a730f6e5de1b2013c778b93"
         "e7b8b71c5161be7"},
};

TEST(Hmac, IsThatOfTheStandards) {
  for (const Known& one : known) {
    SCOPED_TRACE(static_cast<int>(one.digest));
    EXPECT_EQ(in_hex(hmac(one.digest, "Jefe", "what do ya want for nothing?")), one.of_words);
  }
}

// A key that is empty after one that was not: it is no word for "the same key again".
TEST(Hmac, TakesAnEmptyKey) {
  for (const Known& one : known) {
    SCOPED_TRACE(static_cast<int>(one.digest));
    static_cast<void>(hmac(one.digest, "another key", ""));
    EXPECT_EQ(in_hex(hmac(one.digest, "", "")), one.of_nothing);
    EXPECT_EQ(in_hex(hmac(one.digest, {}, {})), one.of_nothing);
  }
}

TEST(Hmac, TakesAKeyLongerThanABlockAndAnyBytes) {
  using namespace std::string_view_literals;
  for (const Known& one : known) {
    SCOPED_TRACE(static_cast<int>(one.digest));
    EXPECT_EQ(in_hex(hmac(one.digest, std::string(200, '\xaa'), repeated("nul\0inside"sv, 30))),
              one.of_long_key);
  }
}

TEST(Hmac, RefusesAKeyThatItCannotCount) {
  // Nobody reads it: it is refused for its size.
  const std::string_view key("x", std::size_t{1} << 31);
  EXPECT_THROW(static_cast<void>(hmac(Digest::sha256, key, "message")), ValueError);
}

// A fork copies the locks of libcrypto as the other threads hold them at that moment. The address
// sanitizer of GCC 12 leaves its own allocator locked in such a copy.
#ifndef __SANITIZE_ADDRESS__
TEST(Hmac, IsThereInACopyWhileOtherThreadsComputeIt) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([](const std::stop_token& stopped) {
      while (!stopped.stop_requested()) {
        static_cast<void>(hmac(Digest::sha256, "key", "message"));
      }
    });
  }
  for (int round = 0; round < 200; ++round) {
    testing::ForkedChild copy(
        [] { return hmac(Digest::sha256, "key", "message").size() == 32 ? 0 : 1; });
    ASSERT_EQ(copy.wait(), 0);
  }
}
#endif

TEST(EqualInConstantTime, ComparesEveryByte) {
  const std::string text = "a digest of some bytes";
  EXPECT_TRUE(equal_in_constant_time(text, std::string(text)));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(equal_in_constant_time(text, other)) << i;
  }
}

TEST(EqualInConstantTime, TellsLengthsApart) {
  using namespace std::string_view_literals;
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_FALSE(equal_in_constant_time("", "a"));
  EXPECT_FALSE(equal_in_constant_time("ab", "a"));
  EXPECT_FALSE(equal_in_constant_time("a", "a\0"sv));
  EXPECT_FALSE(equal_in_constant_time("a\0b"sv, "a\0c"sv));
}

}  // namespace

}  // namespace progeny::platform
