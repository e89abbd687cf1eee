#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <forward_list>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

// C6: how much memory a message takes beside its own length. J4: which of its bytes a peer sees.

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

using Large = std::optional<std::array<double, 1000>>;

TEST(Memory, IsCountedBeforeItIsTaken) {
  const std::string bytes = serial::to_bytes(std::vector<Large>(100000));
  EXPECT_LT(bytes.size(), 100100U);
  EXPECT_THROW(static_cast<void>(serial::from_bytes<std::vector<Large>>(bytes, 10 << 20)),
               serial::DecodeError);
  EXPECT_EQ(serial::from_bytes<std::vector<Large>>(serial::to_bytes(std::vector<Large>(10)),
                                                   10 * sizeof(Large))
                .size(),
            10U);
}

// The value needs `least` bytes or more.
template <class T>
void expect_limit(const T& value, std::size_t least) {
  const std::string bytes = serial::to_bytes(value);
  EXPECT_THROW(static_cast<void>(serial::from_bytes<T>(bytes, least - 1)), serial::DecodeError)
      << serial::type_name<T>;
  EXPECT_NO_THROW(static_cast<void>(serial::from_bytes<T>(bytes, 3 * least)))
      << serial::type_name<T>;
}

TEST(Memory, IsCountedForEveryContainer) {
  constexpr std::size_t node = serial::detail::cost_of_node;
  expect_limit(std::string(1000, 'x'), 1000);
  expect_limit(std::vector<int>(1000), 4000);
  expect_limit(std::vector<std::string>(1000), 1000 * sizeof(std::string));
  expect_limit(std::vector<bool>(80000), 10000);
  expect_limit(std::deque<Large>(10), 10 * sizeof(Large));
  expect_limit(std::list<char>(1000), 1000 * node);
  expect_limit(std::forward_list<char>(1000), 1000 * node);
  expect_limit(std::set<int>{1, 2, 3}, 3 * node);
  expect_limit(std::multiset<int>{1, 1, 1}, 3 * node);
  expect_limit(std::map<int, Large>{{1, {}}, {2, {}}}, 2 * sizeof(Large));
  expect_limit(std::unordered_set<int>{1, 2, 3}, 3 * node);
  expect_limit(std::unordered_map<int, Large>{{1, {}}, {2, {}}}, 2 * sizeof(Large));
  expect_limit(std::make_unique<Large>(), sizeof(Large));
  expect_limit(std::make_shared<Large>(), sizeof(Large));
  expect_limit(std::vector<std::unique_ptr<Large>>(10), 10 * sizeof(void*));
  expect_limit(std::vector<std::vector<Large>>(2, std::vector<Large>(5)), 10 * sizeof(Large));
}

class Secretive {
 public:
  Secretive(char tag, std::int64_t number) : tag_(tag), number_(number) {}

 private:
  char tag_;
  std::int64_t number_;
};

struct Open {
  char tag = 0;
  std::int64_t number = 0;
  bool operator==(const Open&) const = default;
};

// The bytes of a value in memory that has held a secret before.
template <class T>
std::string bytes_over_secret() {
  alignas(T) std::array<std::byte, sizeof(T)> memory;
  memory.fill(std::byte{0xA5});
  return serial::to_bytes(*new (memory.data()) T{'t', 1});
}

}  // namespace

template <>
inline constexpr bool progeny::serial::plain_bytes<Secretive> = true;

namespace {

// J4
TEST(Padding, IsNeverSent) {
  EXPECT_EQ(bytes_over_secret<Secretive>().find('\xA5'), std::string::npos);
  EXPECT_EQ(bytes_over_secret<Open>().find('\xA5'), std::string::npos);
  static_assert(!serial::detail::is_bulk<Secretive>());
  static_assert(!serial::detail::is_bulk<Open>());
}

class Hidden {
 public:
  explicit Hidden(int* at) : at_(at) {}

 private:
  int* at_;
};
class Nothing {
 public:
  Nothing() {}  // NOLINT(modernize-use-equals-default): an empty class that is no aggregate.
};

// J4
TEST(HidingClasses, TravelByPermissionOnly) {
  static_assert(!serial::Transferable<Hidden>);
  static_assert(!serial::Transferable<std::vector<Hidden>>);
  static_assert(!serial::Transferable<std::optional<std::array<Hidden, 2>>>);
  static_assert(serial::Transferable<Secretive>);
  static_assert(serial::Transferable<Nothing>);
  EXPECT_NO_THROW(static_cast<void>(round_trip(Nothing())));
}

// J4: those of the standard library that consist of numbers.
TEST(HidingClasses, OfTheStandardLibraryTravel) {
  using namespace std::chrono;
  constexpr year_month_day date = year(2024) / February / 29;
  EXPECT_EQ(round_trip(date), date);
  EXPECT_EQ(round_trip(std::vector<weekday>{Sunday, Friday}).back(), Friday);
  const hh_mm_ss<milliseconds> time(milliseconds(3723004));
  EXPECT_EQ(round_trip(time).to_duration(), time.to_duration());
  EXPECT_EQ(round_trip(std::strong_ordering::greater), std::strong_ordering::greater);
  std::mt19937_64 random(7);
  random.discard(5);
  auto copy = round_trip(random);
  EXPECT_EQ(copy(), random());
  const std::normal_distribution<double> bell(1, 2);
  EXPECT_EQ(round_trip(bell), bell);
  static_assert(!serial::Transferable<std::reference_wrapper<int>>);
}

}  // namespace
