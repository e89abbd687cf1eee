#include "multiprocessing/connection/challenge.hpp"

#include <progeny/multiprocessing/errors.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string counting(std::size_t count, int from = 0) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes += static_cast<char>(static_cast<std::size_t>(from) + i);
  }
  return bytes;
}

struct Vector {
  std::string key;
  std::string name;
  std::string mac;
};

// Python's answer to `{name}` followed by the bytes 0 to 39.
std::vector<Vector> vectors() {
  const std::string secret = "secret key";
  const std::string longer(200, 'k');
  return {
      {secret, "md5", "4f029a779bdd8985c1f1ad9a0f4b9135"},
      {secret, "sha256", "de660527caa52c2d8313422ff6496f5aa46b4ddfca5f20b8da5748f901d3dd5b"},
      {secret,
       "sha384",
       "c8e9fe2bdeb806e0decf0717a058be72c597f25a968232be34b30566dc0a6018"
       "b1f01212ca18eb95382dc585f89622c8"},
      {secret, "sha3_256", "6990901d236ea56107ff9afdef1c41ac688674c4765c42582cf17bff62b0e618"},
      {secret,
       "sha3_384",
       "f4e0a6e1ad37a3b29ada5ea078e8de668eb84324110e64866288deab3040724b"
       "a67cfe5caf6194fbb2103bf20c16e1ce"},
      {"", "md5", "53a69d30c85951faa3c8cdad1d7dd275"},
      {"", "sha256", "d18b190a737f779d3125c4a2dfddcebf933e2f2713bc92fbe386ca25df9fd7af"},
      {"", "sha3_256", "eb7f7cc26247f61662c4e683bdd7275ab4b15c1a6d1c3494b56e982bf7fe359d"},
      {longer, "md5", "af29b08e0b022bbfd73a0144e9a484dd"},
      {longer, "sha256", "74e34ea54571341eb31affab366dede914e8e210df6bdadc4fa46cbdea14293e"},
      {longer,
       "sha384",
       "d3613204e3377a34553deb3e4c6a8157f055bd442ec31e8b70fd4ffcea94af27"
       "1995a5bda98b349f41298e2e593ad443"},
      {longer, "sha3_256", "5afb7598abfac1d2104711d36efb41d5c19cd3b2b29960ba3aed17f518eb6a5f"},
      {longer,
       "sha3_384",
       "5d75b6c1921fa42ef95bc2aca6aa36576ba586780437d35df71556725b492d4d"
       "eed8ef390e94b027c87019f41d466d45"},
  };
}

const Credentials credentials{.key = "secret key"};
const std::string challenge = "{sha256}" + counting(40);
const std::string good =
    "{sha256}" + from_hex("de660527caa52c2d8313422ff6496f5aa46b4ddfca5f20b8da5748f901d3dd5b");

// MP-176
TEST(Answer, IsPythonsForEveryDigest) {
  for (const Vector& vector : vectors()) {
    const std::string text = "{" + vector.name + "}" + counting(40);
    EXPECT_EQ(answer_to(text, {.key = vector.key}), "{" + vector.name + "}" + from_hex(vector.mac))
        << vector.name;
  }
}

// MP-176: the length alone decides, even if the random bytes look like a name.
TEST(Answer, ToALegacyChallengeIsBareMd5) {
  EXPECT_EQ(answer_to(counting(20), credentials), from_hex("4a02c707870ff5a776b673d15ef53ada"));
  EXPECT_EQ(answer_to("{sha256}0123456789ab", credentials).size(), 16U);
}

// MP-176
TEST(Answer, RefusesWhatItCannotKnow) {
  for (const std::string name : {"sha1", "sha512", "SHA256", "", "sha256x", "sha3_256 "}) {
    EXPECT_THROW(static_cast<void>(answer_to("{" + name + "}" + counting(40), credentials)),
                 AuthenticationError)
        << name;
  }
  for (const std::string& text : {std::string(),
                                  counting(19),
                                  "{sha256" + counting(40, 'A'),
                                  "sha256}" + counting(40),
                                  "x{sha256}" + counting(40)}) {
    EXPECT_THROW(static_cast<void>(answer_to(text, credentials)), AuthenticationError) << text;
  }
}

// MP-176: for every digest that the challenge may name.
TEST(Verification, TakesEveryAllowedDigestFromAPeer) {
  for (const std::string name : {"md5", "sha256", "sha384", "sha3_256", "sha3_384"}) {
    const std::string other = "{" + name + "}" + counting(40);
    EXPECT_NO_THROW(verify(other, answer_to(other, credentials), credentials)) << name;
  }
  EXPECT_NO_THROW(verify(challenge, good, credentials));
  EXPECT_NO_THROW(verify(
      "{sha256}" + counting(40, 0x40), from_hex("6a98fbe77c838dcca41245030a8cd25a"), credentials))
      << "Python up to 3.11 signs all of it by MD5";
}

// MP-176: the name in front is signed, and is a part of the answer.
TEST(Verification, FailsWithoutThePrefix) {
  EXPECT_THROW(verify(challenge, good.substr(8), credentials), AuthenticationError);
  EXPECT_THROW(verify(challenge.substr(8), good, credentials), AuthenticationError);
}

// MP-176
TEST(Verification, FailsForEveryFlippedBitAndEveryTruncation) {
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string flipped = good;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_THROW(verify(challenge, flipped, credentials), AuthenticationError) << bit;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_THROW(verify(challenge, good.substr(0, size), credentials), AuthenticationError) << size;
  }
  EXPECT_THROW(verify(challenge, good + "x", credentials), AuthenticationError);
}

TEST(Verification, FailsForAnotherKey) {
  const Credentials other{.key = "another key"};
  EXPECT_THROW(verify(challenge, answer_to(challenge, other), credentials), AuthenticationError);
}

TEST(RequireSha, ShutsMd5OutOnBothSides) {
  const Credentials strict{.key = "secret key", .require_sha = true};
  EXPECT_NO_THROW(verify(challenge, good, strict));
  EXPECT_THROW(static_cast<void>(answer_to(counting(20), strict)), AuthenticationError);
  EXPECT_THROW(static_cast<void>(answer_to("{md5}" + counting(40), strict)), AuthenticationError);
  const std::string named = "{md5}" + counting(40);
  EXPECT_THROW(verify(named, answer_to(named, credentials), strict), AuthenticationError);
  EXPECT_THROW(verify(named, answer_to(named, credentials).substr(5), strict), AuthenticationError);
}

TEST(NewChallenge, IsRandomAndOfTheNegotiatingForm) {
  const std::string one = new_challenge();
  EXPECT_EQ(one.size(), 48U);
  EXPECT_TRUE(one.starts_with("{sha256}"));
  EXPECT_NE(one, new_challenge());
}

}  // namespace

}  // namespace progeny::multiprocessing::detail
