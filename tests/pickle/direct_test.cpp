// Plain types of C++, which are written and read without values in between: the same as with them.

#include <progeny/pickle.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace progeny::pickle {

namespace {

template <class T>
void expect_the_same_as_by_values(const T& value) {
  static_assert(detail::Direct<T>);
  for (const int protocol : {2, 3, 4, 5}) {
    const std::string direct = dumps(value, {.protocol = protocol});
    const std::string by_values = dumps(from(value), {.protocol = protocol});
    EXPECT_EQ(loads(direct), from(value));
    EXPECT_EQ(loads<T>(direct), value);
    EXPECT_EQ(loads<T>(by_values), value);
  }
}

TEST(PickleDirect, ScalarsAndContainers) {
  expect_the_same_as_by_values(true);
  expect_the_same_as_by_values(-70'000);
  expect_the_same_as_by_values(std::numeric_limits<std::uint64_t>::max());
  expect_the_same_as_by_values(0.25);
  expect_the_same_as_by_values(std::string("h\xC3\xA9\xED\xA0\x80"));
  expect_the_same_as_by_values(std::string(100'000, 'x'));
  expect_the_same_as_by_values(std::vector<std::byte>(300, std::byte{7}));
  expect_the_same_as_by_values(std::vector<bool>{true, false});
  expect_the_same_as_by_values(std::vector<float>{0.5F, -1});
  expect_the_same_as_by_values(std::vector<std::vector<double>>{{}, {1}, {2, 3}});
  expect_the_same_as_by_values(std::map<int, std::string>{{1, "a"}, {-2, "b"}});
  expect_the_same_as_by_values(
      std::unordered_map<std::string, std::vector<std::int16_t>>{{"k", {1, 2}}, {"", {}}});
}

TEST(PickleDirect, ListsOfAnyLength) {
  for (const std::size_t count : {0U, 1U, 2U, 999U, 1'000U, 1'001U, 2'000U}) {
    std::vector<std::int64_t> ints;
    std::vector<double> floats;
    std::vector<std::string> strings;
    std::map<std::uint32_t, double> map;
    for (std::size_t i = 0; i < count; ++i) {
      ints.push_back(static_cast<std::int64_t>(i * i * i * i * i) - 5);
      floats.push_back(static_cast<double>(i) / 3);
      strings.emplace_back(i % 400, 'z');
      map[static_cast<std::uint32_t>(i)] = 1;
    }
    expect_the_same_as_by_values(ints);
    expect_the_same_as_by_values(floats);
    expect_the_same_as_by_values(strings);
    expect_the_same_as_by_values(map);
  }
}

// Each byte is memo, frame or item: no beginning of a pickle is taken for a whole one.
TEST(PickleDirect, NoBeginningIsAPickle) {
  const auto expect_refusal = [](const std::string& whole, auto type) {
    using Type = decltype(type);
    EXPECT_NO_THROW(static_cast<void>(loads<Type>(whole)));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_THROW(static_cast<void>(loads<Type>(whole.substr(0, size))), UnpicklingError) << size;
    }
  };
  const std::string frame("\x80\x04\x95\x13\0\0\0\0\0\0\0", 11);
  expect_refusal(frame + std::string("]\x94(K\x01M\x01\x02J\x01\0\0\x80\x8A\x02\x01\x80"
                                     "e.",
                                     19),
                 std::vector<std::int64_t>());
  expect_refusal(
      "\x80\x04]\x94(\x8C\x01"
      "a\x94X\x01" +
          std::string("\0\0\0b\x94"
                      "e.",
                      7),
      std::vector<std::string>());
  expect_refusal(std::string("\x80\x03]q\0G\x3F\xF0\0\0\0\0\0\0a.", 16), std::vector<double>());
  expect_refusal(std::string("\x80\x03"
                             "C\x02xyq\0.",
                             9),
                 std::vector<std::byte>());
}

// Whatever is unusual is read by values.
TEST(PickleDirect, OthersAreReadByValues) {
  EXPECT_EQ(loads<std::vector<std::int64_t>>(dumps(Value::tuple({1, true}))),
            (std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(loads<std::vector<double>>(dumps(Value::list({1, 0.5}))),
            (std::vector<double>{1, 0.5}));
  const Value text = "again";
  EXPECT_EQ(loads<std::vector<std::string>>(dumps(Value::list({text, text}))),
            (std::vector<std::string>{"again", "again"}));
  EXPECT_EQ(loads<std::vector<std::byte>>(dumps(Value::bytearray("a"))),
            std::vector<std::byte>{std::byte{'a'}});
  EXPECT_THROW(static_cast<void>(loads<std::vector<std::int8_t>>(dumps(Value::list({200})))),
               OverflowError);
  EXPECT_THROW(static_cast<void>(loads<std::vector<std::string>>(dumps(Value::list({1})))),
               TypeError);
  EXPECT_THROW(static_cast<void>(dumps(std::vector<std::string>{"\xFF"})), ValueError);
  EXPECT_THROW(static_cast<void>(dumps(1, {.protocol = 6})), ValueError);
}

TEST(PickleDirect, LimitsHold) {
  const std::vector<std::int64_t> ints(1'000, 1);
  EXPECT_EQ(loads<std::vector<std::int64_t>>(dumps(ints), {.memory = 100'000}), ints);
  EXPECT_THROW(static_cast<void>(loads<std::vector<std::int64_t>>(dumps(ints), {.memory = 10'000})),
               UnpicklingError);
  EXPECT_THROW(static_cast<void>(loads<std::vector<std::int64_t>>(dumps(ints), {.size = 100})),
               UnpicklingError);
  const std::vector<std::byte> bytes(10'000);
  EXPECT_THROW(static_cast<void>(loads<std::vector<std::byte>>(dumps(bytes), {.memory = 5'000})),
               UnpicklingError);
}

}  // namespace

}  // namespace progeny::pickle
