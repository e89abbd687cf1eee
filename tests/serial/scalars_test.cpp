#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace {

using namespace progeny::testing;

template <class T>
class ExtremeNumbers : public ::testing::Test {};

using NumberTypes = ::testing::Types<char,
                                     signed char,
                                     unsigned char,
                                     wchar_t,
                                     char8_t,
                                     char16_t,
                                     char32_t,
                                     short,
                                     unsigned short,
                                     int,
                                     unsigned,
                                     long,
                                     unsigned long,
                                     long long,
                                     unsigned long long,
                                     float,
                                     double,
                                     long double>;
TYPED_TEST_SUITE(ExtremeNumbers, NumberTypes);

TYPED_TEST(ExtremeNumbers, TravelUnchanged) {
  using Limits = std::numeric_limits<TypeParam>;
  for (const TypeParam number : {Limits::lowest(), Limits::max(), Limits::min(), TypeParam(1)}) {
    EXPECT_EQ(round_trip(number), number);
  }
}

TEST(Floating, KeepsWhatIsNoNumber) {
  EXPECT_TRUE(std::isnan(round_trip(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_EQ(round_trip(-std::numeric_limits<float>::infinity()),
            -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::signbit(round_trip(-0.0L)));
}

TEST(Truth, TravelsAndIsRefusedWhereTheByteIsNeitherTrueNorFalse) {
  EXPECT_TRUE(round_trip(true));
  EXPECT_FALSE(round_trip(false));
  EXPECT_EQ(decoding_error<bool>(forged<bool>("\x02")), "a byte that is neither true nor false");
}

TEST(Enumerations, TravelAsTheirNumber) {
  // NOLINTNEXTLINE(performance-enum-size): without a type, as it is written most often.
  enum Plain { one = 1, two = 2 };
  EXPECT_EQ(round_trip(Color::blue), Color::blue);
  EXPECT_EQ(round_trip(two), two);
  EXPECT_EQ(progeny::serial::to_bytes(Color::blue).size(), 5U);
}

TEST(Enumerations, OfTruthRefuseOtherBytes) {
  enum class Answer : bool { no, yes };
  EXPECT_EQ(round_trip(Answer::yes), Answer::yes);
  EXPECT_EQ(decoding_error<Answer>(forged<Answer>("\x7f")),
            "a byte that is neither true nor false");
}

}  // namespace
