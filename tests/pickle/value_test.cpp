// Values of Python in C++: numbers, equality, hashes, sharing, repr.

#include <progeny/base/errors.hpp>
#include <progeny/pickle/value.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace progeny::pickle {

namespace {

TEST(PickleValue, IsWhatItWasMadeFrom) {
  EXPECT_TRUE(Value().is_none());
  EXPECT_TRUE(Value(true).as_bool());
  EXPECT_EQ(Value(-5).as_int(), -5);
  EXPECT_EQ(Value(2.5).as_float(), 2.5);
  EXPECT_EQ(Value("text").as_text(), "text");
  EXPECT_EQ(Value::bytes("\xFF").as_bytes(), "\xFF");
  EXPECT_EQ(Value::list({1, "b"}).items().size(), 2U);
  EXPECT_EQ(Value::dict({{"a", 1}}).at("a").as_int(), 1);
}

TEST(PickleValue, OfAnotherKindIsATypeError) {
  EXPECT_THROW(static_cast<void>(Value("5").as_int()), TypeError);
  EXPECT_THROW(static_cast<void>(Value(5).as_text()), TypeError);
  EXPECT_THROW(static_cast<void>(Value(5).items()), TypeError);
  EXPECT_THROW(static_cast<void>(Value().pairs()), TypeError);
}

TEST(PickleValue, TextMustBeUtf8ButMayHaveLoneSurrogates) {
  EXPECT_THROW(Value("\xFF"), ValueError);
  EXPECT_THROW(Value("\xC0\x80"), ValueError);
  EXPECT_EQ(Value("\xED\xA0\x80").as_text(), "\xED\xA0\x80");
  EXPECT_EQ(Value("h\xC3\xA9").size(), 2U);
}

TEST(PickleValue, LargeIntegersKeepAllDigits) {
  const std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(Value(largest).int_decimal(), "18446744073709551615");
  EXPECT_THROW(static_cast<void>(Value(largest).as_int()), OverflowError);
  for (const char* const digits : {"0",
                                   "-1",
                                   "9223372036854775807",
                                   "-9223372036854775808",
                                   "9223372036854775808",
                                   "-9223372036854775809",
                                   "123456789012345678901234567890",
                                   "-340282366920938463463374607431768211456"}) {
    EXPECT_EQ(Value::integer_from_decimal(digits).int_decimal(), digits);
  }
  EXPECT_THROW(static_cast<void>(Value::integer_from_decimal("12x")), ValueError);
}

TEST(PickleValue, NumbersAreEqualAcrossTheirKinds) {
  EXPECT_EQ(Value(1), Value(1.0));
  EXPECT_EQ(Value(1), Value(true));
  EXPECT_EQ(Value(0.0), Value(-0.0));
  EXPECT_NE(Value(std::nan("")), Value(std::nan("")));
  EXPECT_EQ(Value::integer_from_decimal("18446744073709551616"), Value(std::ldexp(1.0, 64)));
  EXPECT_NE(Value::integer_from_decimal("18446744073709551617"), Value(std::ldexp(1.0, 64)));
  EXPECT_EQ(Value::integer_from_decimal("-18446744073709551616"), Value(-std::ldexp(1.0, 64)));
  EXPECT_NE(Value((std::int64_t{1} << 53) + 1), Value(std::ldexp(1.0, 53)));
  EXPECT_NE(Value("1"), Value(1));
  EXPECT_NE(Value::bytes("a"), Value("a"));
  EXPECT_EQ(Value::bytes("a"), Value::bytearray("a"));
}

TEST(PickleValue, KeysThatAreEqualAreOneKey) {
  const Value dict = Value::dict({{1, "a"}});
  dict.set_item(1.0, "b");
  dict.set_item(true, "c");
  EXPECT_EQ(dict.pairs().size(), 1U);
  EXPECT_EQ(dict.at(1), Value("c"));
  EXPECT_THROW(dict.set_item(Value::list(), 1), TypeError);
  EXPECT_THROW(static_cast<void>(dict.at("x")), KeyError);
  EXPECT_EQ(Value::set({1, 1.0, "a", "a"}).size(), 2U);
}

TEST(PickleValue, LargeDictsAreSearchedByHash) {
  const Value dict = Value::dict();
  for (int i = 0; i < 10'000; ++i) {
    dict.set_item(i, i * 2);
  }
  for (int i = 0; i < 10'000; i += 77) {
    EXPECT_EQ(dict.at(i).as_int(), i * 2);
  }
  EXPECT_TRUE(dict.erase(77));
  EXPECT_FALSE(dict.erase(77));
  EXPECT_EQ(dict.at(78).as_int(), 156);
  EXPECT_EQ(dict.size(), 9'999U);
}

TEST(PickleValue, CopiesShareANode) {
  const Value list = Value::list({1});
  const Value same = list;
  same.append(2);
  EXPECT_EQ(list.size(), 2U);
  EXPECT_TRUE(list.is(same));
  EXPECT_FALSE(list.is(Value::list({1, 2})));
  EXPECT_EQ(list, Value::list({1, 2}));
  EXPECT_EQ(list.at_index(-1).as_int(), 2);
  EXPECT_THROW(static_cast<void>(list.at_index(2)), IndexError);
}

TEST(PickleValue, NestedAMillionDeepIsFreedWithoutADeepStack) {
  Value value;
  for (int i = 0; i < 1'000'000; ++i) {
    value = Value::list({value});
  }
  EXPECT_THROW(static_cast<void>(value == Value::list({value})), RuntimeError);
  EXPECT_LT(value.repr().size(), 1'000U);
}

// As python3 prints the same values.
TEST(PickleValue, PrintsAsInPython) {
  EXPECT_EQ(Value::list({Value(), true, -1, 1.0, 1e16, 1e-5, 0.1, "it's", Value::bytes({"\0'", 2})})
                .repr(),
            R"([None, True, -1, 1.0, 1e+16, 1e-05, 0.1, "it's", b"\x00'"])");
  EXPECT_EQ(Value::tuple({1}).repr(), "(1,)");
  EXPECT_EQ(Value::tuple({}).repr(), "()");
  EXPECT_EQ(Value::dict({{"a", Value::set()}, {2, Value::frozenset({3})}}).repr(),
            "{'a': set(), 2: frozenset({3})}");
  EXPECT_EQ(Value::reduce(Value::global("decimal", "Decimal"), {"1.5"}).repr(),
            "decimal.Decimal('1.5')");
  const Value list = Value::list();
  list.append(Value::list({list.size() == 0 ? Value(0) : Value()}));
  EXPECT_EQ(list.repr(), "[[0]]");
}

}  // namespace

}  // namespace progeny::pickle
