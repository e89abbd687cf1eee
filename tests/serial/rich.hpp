#pragma once

// Types that together hold everything that can travel, and values of them.

#include <progeny/serial.hpp>
#include <progeny/serial/cereal.hpp>

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace progeny::testing {

enum class Color : std::uint8_t { red, green, blue };

/// Copied at once: no padding.
struct Point {
  double x = 0;
  double y = 0;
  bool operator==(const Point&) const = default;
};

/// Travels member by member: padding behind the first one.
struct Padded {
  char tag = 0;
  std::int64_t number = 0;
  bool operator==(const Padded&) const = default;
};

/// Without default constructor; trivially copyable, and no aggregate. Its bytes may travel, as
/// `plain_bytes` says below.
class Angle {
 public:
  explicit Angle(double degrees) : degrees_(degrees) {}
  bool operator==(const Angle&) const = default;

 private:
  double degrees_;
};

}  // namespace progeny::testing

template <>
inline constexpr bool progeny::serial::plain_bytes<progeny::testing::Angle> = true;

namespace progeny::testing {

/// With functions of cereal.
class Account {
 public:
  Account() = default;
  Account(std::string owner, std::vector<std::int64_t> entries)
      : owner_(std::move(owner)), entries_(std::move(entries)) {}
  bool operator==(const Account&) const = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(owner_), entries_);
  }

 private:
  std::string owner_;
  std::vector<std::int64_t> entries_;
};

/// Contains itself, by containers.
struct Json {
  using List = std::vector<Json>;
  using Object = std::map<std::string, Json>;
  std::variant<std::monostate, bool, double, std::string, List, Object> value;
  bool operator==(const Json&) const = default;
};

/// Contains itself, by pointers.
struct Link {
  int number = 0;
  std::unique_ptr<Link> owned;
  std::shared_ptr<Link> shared;
};

struct Numbers {
  bool truth = false;
  char character = 0;
  std::int8_t small = 0;
  std::uint64_t large = 0;
  float single = 0;
  long double extended = 0;
  Color color = Color::red;
  std::complex<double> complex;
  std::chrono::milliseconds duration{};
  std::chrono::sys_seconds point;
  std::error_code error;
  bool operator==(const Numbers&) const = default;
};

struct Containers {
  std::string text;
  std::u16string wide;
  std::vector<int> vector;
  std::vector<bool> bits;
  std::bitset<11> few_bits;
  std::deque<std::string> deque;
  std::list<Padded> list;
  std::forward_list<int> forward_list;
  std::array<bool, 3> array{};
  std::set<std::string> set;
  std::multiset<int> multiset;
  std::map<int, std::string> map;
  std::unordered_map<std::string, std::vector<Point>> unordered_map;
  std::unordered_set<int> unordered_set;
  bool operator==(const Containers&) const = default;
};

struct Rich {
  Numbers numbers;
  Containers containers;
  std::optional<std::string> optional;
  std::variant<int, std::string, std::monostate> variant;
  std::tuple<int, std::string, Point> tuple;
  std::pair<Padded, Color> pair;
  std::filesystem::path path;
  std::vector<Angle> angles;
  std::vector<Account> accounts;
  Json json;
  bool operator==(const Rich&) const = default;
};

/// A value of which no part is empty.
inline Rich rich_value() {
  using namespace std::chrono_literals;
  Rich rich;
  rich.numbers = {true,
                  'c',
                  -8,
                  1ULL << 60U,
                  0.5F,
                  0.25L,
                  Color::blue,
                  {1, -1},
                  1500ms,
                  std::chrono::sys_seconds(99s),
                  std::make_error_code(std::errc::no_such_file_or_directory)};
  rich.containers = {"text",
                     u"wide",
                     {1, 2, 3},
                     {true, false, true, true, false, true, true, true, false},
                     std::bitset<11>(1234),
                     {"a", "", "c"},
                     {{'a', 1}, {'b', 2}},
                     {7, 8},
                     {true, false, true},
                     {"x", "y"},
                     {4, 4, 5},
                     {{1, "one"}, {2, "two"}},
                     {{"path", {{0, 1}, {2, 3}}}},
                     {11, 12}};
  rich.optional = "there";
  rich.variant = "string";
  rich.tuple = {1, "two", {3, 4}};
  rich.pair = {{'p', -1}, Color::green};
  rich.path = "/tmp/a file";
  rich.angles = {Angle(90), Angle(-1)};
  rich.accounts = {Account("ada", {1, -2}), Account()};
  rich.json = {Json::Object{{"list", {Json::List{{true}, {1.5}, {"s"}, {}}}}, {"none", {}}}};
  return rich;
}

/// A link that owns one, and shares another with it.
inline Link linked_value() {
  const auto shared = std::make_shared<Link>(Link{3, nullptr, nullptr});
  Link owner;
  owner.number = 1;
  owner.owned = std::make_unique<Link>(Link{2, nullptr, shared});
  owner.shared = shared;
  return owner;
}

}  // namespace progeny::testing
