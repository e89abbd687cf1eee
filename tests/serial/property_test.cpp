#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

/// Values of chance, the same in each run.
class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_);
  }
  std::string text() {
    std::string text(below(below(4) == 0 ? 600 : 20), '\0');
    for (char& character : text) {
      character = static_cast<char>(below(256));
    }
    return text;
  }
  Json json(std::size_t depth) {
    switch (below(depth == 0 ? 4 : 6)) {
      case 0:
        return {};
      case 1:
        return {below(2) == 0};
      case 2:
        return {static_cast<double>(below(1000000)) / 7};
      case 3:
        return {text()};
      case 4:
        return {list(depth - 1)};
      default:
        return {object(depth - 1)};
    }
  }

 private:
  Json::List list(std::size_t depth) {
    Json::List list;
    for (std::size_t left = below(6); left != 0; --left) {
      list.push_back(json(depth));
    }
    return list;
  }
  Json::Object object(std::size_t depth) {
    Json::Object object;
    for (std::size_t left = below(6); left != 0; --left) {
      object.emplace(text(), json(depth));
    }
    return object;
  }

  std::mt19937 engine_;
};

TEST(RandomValues, AreEqualAfterTheirJourney) {
  for (unsigned seed = 0; seed != 300; ++seed) {
    const Json json = Chance(seed).json(6);
    ASSERT_EQ(round_trip(json), json) << "seed " << seed;
  }
}

TEST(RandomValues, HaveTheSameBytesWhenTheyTravelOn) {
  for (unsigned seed = 0; seed != 300; ++seed) {
    const std::string bytes = serial::to_bytes(Chance(seed).json(6));
    ASSERT_EQ(serial::to_bytes(serial::from_bytes<Json>(bytes)), bytes) << "seed " << seed;
  }
}

TEST(RandomBytes, GiveAValueOrADecodeError) {
  std::size_t refused = 0;
  for (unsigned seed = 0; seed != 2000; ++seed) {
    const std::string bytes = forged<Json>(Chance(seed).text());
    refused += decoding_error<Json>(bytes) == "no error" ? 0 : 1;
  }
  EXPECT_GT(refused, 1000U);
}

}  // namespace
