#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;
using serial::detail::fingerprint;

TEST(Fingerprint, TellsWhatAMessageHoldsInstead) {
  const std::string bytes = serial::to_bytes(std::map<int, int>());
  EXPECT_EQ(decoding_error<int>(bytes), "the message holds a map");
  EXPECT_EQ((decoding_error<std::map<int, char>>(bytes)),
            "the message holds a map of another structure");
  EXPECT_EQ(decoding_error<int>(std::string("\x00\x00\x00\xff", 4)),
            "the message holds an unknown thing");
}

TEST(Fingerprint, NamesTheTypeThatWasAskedFor) {
  try {
    static_cast<void>(serial::from_bytes<Point>(serial::to_bytes(1)));
    FAIL() << "an int was taken for a Point";
  } catch (const serial::DecodeError& error) {
    EXPECT_STREQ(
        error.what(),
        "cannot decode progeny::testing::Point: at byte 0: the message holds a signed integer");
    EXPECT_EQ(error.type(), "progeny::testing::Point");
    EXPECT_EQ(error.offset(), 0U);
  }
}

TEST(Fingerprint, IsAnotherForEachStructure) {
  struct Swapped {
    std::int64_t number;
    char tag;
  };
  std::vector<std::uint32_t> marks{fingerprint<bool>,
                                   fingerprint<char>,
                                   fingerprint<std::int8_t>,
                                   fingerprint<std::uint8_t>,
                                   fingerprint<std::int32_t>,
                                   fingerprint<std::int64_t>,
                                   fingerprint<float>,
                                   fingerprint<double>,
                                   fingerprint<Color>,
                                   fingerprint<std::string>,
                                   fingerprint<std::u16string>,
                                   fingerprint<std::vector<char>>,
                                   fingerprint<std::vector<std::vector<char>>>,
                                   fingerprint<std::set<char>>,
                                   fingerprint<std::array<char, 2>>,
                                   fingerprint<std::array<char, 3>>,
                                   fingerprint<std::pair<char, int>>,
                                   fingerprint<std::tuple<char, int, int>>,
                                   fingerprint<std::tuple<std::tuple<char, int>, int>>,
                                   fingerprint<std::optional<int>>,
                                   fingerprint<std::unique_ptr<int>>,
                                   fingerprint<std::shared_ptr<int>>,
                                   fingerprint<std::chrono::seconds>,
                                   fingerprint<std::chrono::milliseconds>,
                                   fingerprint<std::chrono::sys_seconds>,
                                   fingerprint<std::filesystem::path>,
                                   fingerprint<progeny::Handle>,
                                   fingerprint<Padded>,
                                   fingerprint<Swapped>,
                                   fingerprint<Angle>,
                                   fingerprint<Account>,
                                   fingerprint<Json>,
                                   fingerprint<Link>};
  std::ranges::sort(marks);
  EXPECT_EQ(std::ranges::adjacent_find(marks), marks.end());
}

TEST(Fingerprint, IsTheSameForTheSameStructure) {
  struct Twin {
    char tag;
    std::int64_t number;
  };
  EXPECT_EQ(fingerprint<Padded>, fingerprint<Twin>);
  EXPECT_EQ((fingerprint<std::map<int, int>>), (fingerprint<std::unordered_map<int, int>>));
}

TEST(Fingerprint, StandsAtTheBeginningOfAMessageAlone) {
  EXPECT_EQ(serial::to_bytes(std::vector<std::uint8_t>{1, 2}).size(), 4 + 1 + 2U);
  EXPECT_EQ(serial::to_bytes(std::tuple(std::uint8_t(1), std::uint8_t(2))).size(), 4 + 2U);
}

}  // namespace
