// Types of C++ as values of Python, and back.

#include <progeny/pickle.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <limits>
#include <list>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

namespace progeny::pickle {

struct Spot {
  int x = 0;
  double y = 0;
  friend bool operator==(const Spot&, const Spot&) = default;
};

struct Named {
  std::string name = {};
  Spot where = {};
  friend bool operator==(const Named&, const Named&) = default;
};

struct Shape {
  int width = 0;
  int height = 0;
  friend bool operator==(const Shape&, const Shape&) = default;
};

template <>
struct Described<Named> {
  static constexpr std::array members{"name", "where"};
};

template <>
struct Described<Shape> {
  static constexpr std::array members{"width", "height"};
  static constexpr std::string_view module = "shapes";
  static constexpr std::string_view name = "Shape";
};

enum class Level : std::uint8_t { low = 1, high = 9 };

class Celsius {
 public:
  explicit Celsius(double degrees) : degrees_(degrees) {}
  [[nodiscard]] double degrees() const { return degrees_; }

 private:
  double degrees_;
};

template <>
struct Adapter<Celsius> {
  static Value from(const Celsius& value) { return value.degrees(); }
  static Celsius to(const Value& value) { return Celsius(value.as_float()); }
};

namespace {

template <class T>
void expect_round_trip(const T& value, const std::string& repr) {
  EXPECT_EQ(from(value).repr(), repr);
  EXPECT_EQ(loads<T>(dumps(value)), value);
}

TEST(PickleTypes, GoToPythonAndBack) {
  expect_round_trip(true, "True");
  expect_round_trip<std::int8_t>(-128, "-128");
  expect_round_trip(std::numeric_limits<std::uint64_t>::max(), "18446744073709551615");
  expect_round_trip(2.5F, "2.5");
  expect_round_trip(std::complex<double>(1, -2), "complex(1.0, -2.0)");
  expect_round_trip(Level::high, "9");
  expect_round_trip(std::string("h\xC3\xA9"), "'h\xC3\xA9'");
  expect_round_trip(std::vector<std::byte>{std::byte{1}}, "b'\\x01'");
  expect_round_trip(std::vector<int>{1, 2}, "[1, 2]");
  expect_round_trip(std::vector<bool>{true, false}, "[True, False]");
  expect_round_trip(std::deque<std::string>{"a"}, "['a']");
  expect_round_trip(std::list<double>{0.5}, "[0.5]");
  expect_round_trip(std::array<int, 3>{1, 2, 3}, "[1, 2, 3]");
  expect_round_trip(std::set<int>{3, 1}, "{1, 3}");
  expect_round_trip(std::map<std::string, int>{{"a", 1}}, "{'a': 1}");
  expect_round_trip(std::unordered_map<int, std::string>{{1, "x"}}, "{1: 'x'}");
  expect_round_trip(std::make_pair(1, std::string("a")), "(1, 'a')");
  expect_round_trip(std::make_tuple(1, 2.0, std::string()), "(1, 2.0, '')");
  expect_round_trip(std::optional<int>(), "None");
  expect_round_trip(std::optional<int>(7), "7");
  expect_round_trip(std::vector<std::optional<std::vector<int>>>{{}, {{1}}}, "[None, [1]]");
}

TEST(PickleTypes, AggregatesAreTuplesDictsOrObjects) {
  expect_round_trip(Spot{1, 2}, "(1, 2.0)");
  expect_round_trip(Named{"n", {1, 2}}, "{'name': 'n', 'where': (1, 2.0)}");
  expect_round_trip(Shape{3, 4}, "shapes.Shape() with {'width': 3, 'height': 4}");
  EXPECT_THROW(static_cast<void>(to<Spot>(Value::tuple({1}))), ValueError);
  EXPECT_THROW(static_cast<void>(to<Named>(Value::dict({{"name", "n"}}))), ValueError);
  EXPECT_EQ(to<Named>(Value::dict({{"x", 1}, {"where", Value::list({5, 6})}, {"name", "n"}})),
            (Named{"n", {5, 6}}));
}

TEST(PickleTypes, AnAdapterIsAllThatATypeNeeds) {
  EXPECT_EQ(from(std::vector<Celsius>{Celsius(1.5)}).repr(), "[1.5]");
  EXPECT_EQ(loads<Celsius>(dumps(Celsius(2.5))).degrees(), 2.5);
}

TEST(PickleTypes, NumbersThatDoNotFitAreOverflowErrors) {
  EXPECT_THROW(static_cast<void>(to<std::int8_t>(128)), OverflowError);
  EXPECT_THROW(static_cast<void>(to<unsigned>(-1)), OverflowError);
  EXPECT_THROW(static_cast<void>(to<std::uint64_t>(-1)), OverflowError);
  EXPECT_THROW(static_cast<void>(to<std::int64_t>(std::numeric_limits<std::uint64_t>::max())),
               OverflowError);
  EXPECT_EQ(to<double>(3), 3.0);
  EXPECT_THROW(static_cast<void>(to<int>(3.0)), TypeError);
}

TEST(PickleTypes, VariantsTakeTheFirstThatFits) {
  using Json =
      std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<int>>;
  const std::vector<Json> values = {
      {}, true, std::int64_t{5}, 2.5, std::string("s"), std::vector{1}};
  EXPECT_EQ(from(values).repr(), "[None, True, 5, 2.5, 's', [1]]");
  EXPECT_EQ(loads<std::vector<Json>>(dumps(values)), values);
  EXPECT_THROW(static_cast<void>(to<Json>(Value::dict())), TypeError);
}

TEST(PickleTypes, ContainersOfThePythonLibraryAreUnderstood) {
  EXPECT_EQ(to<std::vector<int>>(Value::tuple({1, 2})), (std::vector{1, 2}));
  const Value range = Value::reduce(Value::global("builtins", "range"), {5, 0, -2});
  EXPECT_EQ(to<std::vector<int>>(range), (std::vector{5, 3, 1}));
  const Value array =
      Value::reduce(Value::global("array", "array"), {"h", Value::bytes({"\1\0\2\0", 4})});
  EXPECT_EQ(to<std::vector<int>>(array), (std::vector{1, 2}));
  Value ordered = Value::reduce(Value::global("collections", "OrderedDict"), {});
  ordered.as_object().pairs = {{"z", 1}};
  EXPECT_EQ((to<std::map<std::string, int>>(ordered)), (std::map<std::string, int>{{"z", 1}}));
}

}  // namespace

}  // namespace progeny::pickle
