#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <list>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

TEST(Containers, TravelWithAllThatTheyHold) {
  EXPECT_EQ(round_trip(rich_value().containers), rich_value().containers);
}

TEST(Containers, TravelEmpty) {
  EXPECT_EQ(round_trip(Containers()), Containers());
}

TEST(Containers, TravelWhenTheyAreLong) {
  const std::vector<int> numbers(100000, 7);
  const std::list<std::string> texts(300, std::string(1000, 'x'));
  EXPECT_EQ(round_trip(numbers), numbers);
  EXPECT_EQ(round_trip(texts), texts);
}

TEST(Containers, TravelAtEachLengthWhereTheCountGrows) {
  for (const std::size_t length : {253UL, 254UL, 255UL, 256UL, 511UL, 512UL, 513UL, 65536UL}) {
    EXPECT_EQ(round_trip(std::string(length, 'x')).size(), length);
    EXPECT_EQ(round_trip(std::vector<bool>(length, true)), std::vector<bool>(length, true));
  }
}

TEST(Containers, OfElementsWithoutDefaultConstructorTravel) {
  const std::array<Angle, 2> angles{Angle(1), Angle(2)};
  EXPECT_EQ(round_trip(angles), angles);
  EXPECT_EQ(round_trip(std::vector<Angle>{Angle(3)}), std::vector<Angle>{Angle(3)});
}

TEST(Containers, OfEmptyElementsTravelAndCountThem) {
  struct Empty {};
  EXPECT_EQ(round_trip(std::vector<Empty>(5)).size(), 5U);
  EXPECT_EQ(round_trip(std::vector<std::tuple<>>(300)).size(), 300U);
  EXPECT_EQ(round_trip(std::vector<std::array<int, 0>>(3)).size(), 3U);
}

TEST(Containers, RefuseACountThatTheMessageCannotHold) {
  EXPECT_EQ(decoding_error<std::vector<int>>(forged<std::vector<int>>("\x02"
                                                                      "12345")),
            "2 elements of at least 4 bytes are announced where 5 bytes are left");
  const std::string huge("\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9);
  EXPECT_EQ(
      decoding_error<std::string>(forged<std::string>(huge)),
      "9223372036854775807 elements of at least 1 bytes are announced where 0 bytes are left");
  EXPECT_NE(decoding_error<std::vector<bool>>(forged<std::vector<bool>>(huge)), "no error");
  struct Empty {};
  EXPECT_NE(decoding_error<std::vector<Empty>>(forged<std::vector<Empty>>(huge)), "no error");
}

TEST(Containers, RefuseACountThatIsLongerThanItMustBe) {
  const std::string three("\xff\x03\0\0\0\0\0\0\0abc", 12);
  EXPECT_EQ(decoding_error<std::string>(forged<std::string>(three)),
            "the number 3 is written as none of its size is");
}

TEST(Containers, RefuseTheSameKeyTwice) {
  using Set = std::set<char>;
  using Map = std::map<char, char>;
  EXPECT_EQ(decoding_error<Set>(forged<Set>("\x02"
                                            "aa")),
            "an element comes twice in a set");
  EXPECT_EQ(decoding_error<Map>(forged<Map>("\x02"
                                            "abac")),
            "a key comes twice in a map");
}

TEST(Bits, RefuseACountOfUnusedOnesThatCannotBe) {
  using Bits = std::vector<bool>;
  EXPECT_EQ(decoding_error<Bits>(forged<Bits>(std::string("\x01\x08\x00", 3))),
            "a count of bits that the bytes do not hold");
  EXPECT_EQ(decoding_error<Bits>(forged<Bits>(std::string("\x00\x01", 2))),
            "a count of bits that the bytes do not hold");
}

/// A container of somebody else's, with what all have in common.
class Stack {
 public:
  using value_type = int;
  [[nodiscard]] std::size_t size() const { return numbers_.size(); }
  [[nodiscard]] auto begin() const { return numbers_.begin(); }
  [[nodiscard]] auto end() const { return numbers_.end(); }
  void clear() { numbers_.clear(); }
  void push_back(int number) { numbers_.push_back(number); }
  bool operator==(const Stack&) const = default;

 private:
  std::vector<int> numbers_;
};

TEST(Containers, OfOtherMakesTravelIfTheyLookLikeOne) {
  Stack stack;
  stack.push_back(1);
  stack.push_back(2);
  EXPECT_EQ(round_trip(stack), stack);
}

TEST(Containers, OfTheSameElementsAreTheSameToTheReceiver) {
  const std::string bytes = serial::to_bytes(std::list<int>{1, 2, 3});
  EXPECT_EQ(serial::from_bytes<std::vector<int>>(bytes), (std::vector{1, 2, 3}));
}

}  // namespace
