#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

TEST(Aggregates, TravelWithNothingWritten) {
  EXPECT_EQ(round_trip(rich_value()), rich_value());
}

TEST(Aggregates, DoNotSendTheirPadding) {
  alignas(Padded) unsigned char memory[sizeof(Padded)];
  std::memset(memory, 0xEE, sizeof memory);
  const auto* padded = new (memory) Padded;
  EXPECT_EQ(serial::to_bytes(*padded).size(), 4 + sizeof(char) + sizeof(std::int64_t));
  EXPECT_EQ(serial::to_bytes(*padded).find('\xEE', 4), std::string::npos);
}

TEST(Aggregates, WithoutPaddingAreCopiedAtOnce) {
  EXPECT_TRUE(serial::detail::is_bulk<Point>());
  EXPECT_FALSE(serial::detail::is_bulk<Padded>());
  EXPECT_EQ(round_trip(std::vector<Point>{{1, 2}, {3, 4}}), (std::vector<Point>{{1, 2}, {3, 4}}));
}

TEST(Aggregates, WithATruthInThemAreChecked) {
  struct Flags {
    bool a;
    bool b;
  };
  using Many = std::vector<Flags>;
  EXPECT_EQ(decoding_error<Many>(forged<Many>("\x01\x01\x09")),
            "a byte that is neither true nor false");
}

TEST(Aggregates, OfWhatCannotBeCopiedTravel) {
  struct Owner {
    std::unique_ptr<int> number;
    std::vector<std::unique_ptr<std::string>> texts;
  };
  Owner owner;
  owner.number = std::make_unique<int>(7);
  owner.texts.push_back(std::make_unique<std::string>("owned"));
  const Owner arrived = round_trip(owner);
  EXPECT_EQ(*arrived.number, 7);
  EXPECT_EQ(*arrived.texts.front(), "owned");
}

TEST(Aggregates, MayContainThemselves) {
  EXPECT_EQ(round_trip(rich_value().json), rich_value().json);
}

TEST(PlainClasses, TravelAsTheirBytes) {
  EXPECT_EQ(round_trip(Angle(45)), Angle(45));
}

TEST(Variants, RefuseAnAlternativeThatIsNotThere) {
  using Either = std::variant<int, std::monostate>;
  EXPECT_EQ(decoding_error<Either>(forged<Either>("\x02zzzz")),
            "a variant has no such alternative");
}

/// Too large for a variant to make it aside first, so that its failure costs the old value.
struct Failing {
  explicit Failing(bool /*anything*/) { throw std::runtime_error("no"); }
  std::array<char, 1000> memory = {};
};

}  // namespace

template <>
inline constexpr bool progeny::serial::plain_bytes<Failing> = true;

namespace {

// MP-166
TEST(Variants, WithoutValueCannotTravel) {
  std::variant<int, Failing> lost;
  EXPECT_THROW(lost.emplace<Failing>(true), std::runtime_error);
  ASSERT_TRUE(lost.valueless_by_exception());
  EXPECT_THROW(static_cast<void>(serial::to_bytes(lost)), progeny::ValueError);
}

TEST(ErrorCodes, OfCategoriesOfOneProgramCannotTravel) {
  const std::error_code code(1, std::iostream_category());
  EXPECT_THROW(static_cast<void>(serial::to_bytes(code)), progeny::ValueError);
  EXPECT_EQ(round_trip(std::error_code(5, std::system_category())),
            std::error_code(5, std::system_category()));
}

}  // namespace
