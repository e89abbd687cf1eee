// Writing pickles, and reading them again, under each protocol.

#include <progeny/pickle.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace progeny::pickle {

namespace {

class PickleDumps : public ::testing::TestWithParam<int> {
 protected:
  [[nodiscard]] static Value there_and_back(const Value& value) {
    return loads(dumps(value, {.protocol = GetParam()}));
  }
};

INSTANTIATE_TEST_SUITE_P(Protocols, PickleDumps, ::testing::Range(2, 6));

TEST_P(PickleDumps, ValuesComeBack) {
  std::vector<Value> many;
  for (int i = 0; i < 2'500; ++i) {
    many.emplace_back(i);
  }
  std::vector<Value::Pair> pairs;
  for (int i = 0; i < 2'001; ++i) {
    pairs.emplace_back(i, std::to_string(i));
  }
  const std::vector<Value> values = {
      {},
      true,
      false,
      0,
      255,
      256,
      65'536,
      -1,
      std::numeric_limits<std::int64_t>::min(),
      Value::integer_from_decimal(std::string(700, '7')),
      1.5,
      "",
      std::string(300, 'x'),
      "\xED\xA0\x80",
      Value::bytes(""),
      Value::bytes(std::string("\0\xFF\x80", 3)),
      Value::bytes(std::string(70'000, 'y')),
      Value::bytearray("abc"),
      Value::tuple({}),
      Value::tuple({1}),
      Value::tuple({1, Value::tuple({2}), 3}),
      Value::tuple({1, 2, 3, Value::list({4})}),
      Value::list({}),
      Value::list({Value::list({Value::list({1}), 2}), 3}),
      Value::list(many),
      Value::dict({}),
      Value::dict({{"a", Value::dict({{1, 2}})}}),
      Value::dict(pairs),
      Value::set({}),
      Value::set(many),
      Value::frozenset({1, Value::frozenset({2})}),
      Value::global("collections", "OrderedDict"),
      Value::reduce(Value::global("decimal", "Decimal"), {"1.5"}),
      Value::object(Value::global("m", "C"), {1}, Value::dict({{"x", Value::list({1})}})),
  };
  for (const Value& value : values) {
    const Value back = there_and_back(value);
    EXPECT_EQ(back, value) << value.repr(100);
    EXPECT_EQ(back.kind(), value.kind()) << value.repr(100);
  }
  EXPECT_EQ(there_and_back(Value::list(values)), Value::list(values));
}

TEST_P(PickleDumps, LengthsOfBatches) {
  for (const std::size_t count : {1, 2, 999, 1'000, 1'001, 1'999, 2'000, 2'001}) {
    const Value nested = Value::list(std::vector<Value>(count, Value::tuple({1, 2})));
    EXPECT_EQ(there_and_back(nested), nested) << count;
    const Value separate = Value::list();
    for (std::size_t i = 0; i < count; ++i) {
      separate.append(Value::list({Value(i)}));
    }
    EXPECT_EQ(there_and_back(separate), separate) << count;
  }
}

TEST_P(PickleDumps, RecipesKeepTheirParts) {
  Value object = Value::reduce(Value::global("collections", "deque"), {});
  object.as_object().items = {1, Value::list({2}), 3};
  object.as_object().pairs = {{"k", Value::list({4})}};
  object.as_object().states = {Value::dict({{"a", 1}}), 5};
  EXPECT_EQ(there_and_back(object), object);
  if (GetParam() >= 4) {
    object.as_object().how = Recipe::How::new_object_ex;
    object.as_object().kwargs = Value::dict({{"x", 1}});
    EXPECT_EQ(there_and_back(object), object);
  }
}

TEST_P(PickleDumps, SharedPartsStayShared) {
  const Value shared = Value::list({1});
  const Value back = there_and_back(Value::tuple({shared, Value::dict({{"s", shared}})}));
  EXPECT_TRUE(back.at_index(0).is(back.at_index(1).at("s")));
}

TEST(PickleDumpsErrors, SayWhatCannotBeWritten) {
  EXPECT_THROW(static_cast<void>(dumps(1, {.protocol = 6})), ValueError);
  EXPECT_THROW(static_cast<void>(dumps(1, {.protocol = 1})), ValueError);
  EXPECT_THROW(static_cast<void>(dumps(Value::global("m", "A.b"), {.protocol = 3})), PicklingError);
  const GlobalFilter only_decimal = [](std::string_view module, std::string_view) {
    return module == "decimal";
  };
  EXPECT_THROW(static_cast<void>(dumps(Value::global("os", "system"), {.allowed = only_decimal})),
               PicklingError);
  EXPECT_NO_THROW(
      static_cast<void>(dumps(Value::global("decimal", "Decimal"), {.allowed = only_decimal})));
}

TEST(PickleDumpsDepth, ManyLevelsNeedNoDeepStack) {
  Value value;
  for (int i = 0; i < 200'000; ++i) {
    value = i % 2 == 0 ? Value::list({value}) : Value::tuple({value});
  }
  const std::string text = dumps(value);
  EXPECT_EQ(dumps(loads(text)), text);
}

}  // namespace

}  // namespace progeny::pickle
