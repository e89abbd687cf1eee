#include "platform/program/unchecked_read.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace progeny::platform {

namespace {

TEST(RawRead, CopiesTheBytes) {
  constexpr std::string_view text = "some\0bytes of a module";
  std::array<std::byte, text.size()> copy{};
  read_unchecked(text.data(), copy);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(copy.data()), copy.size()), text);
}

TEST(RawRead, WritesAsManyAsThereIsRoomForAndNoMore) {
  constexpr std::string_view text = "abcdef";
  std::array<std::byte, 4> copy{};
  read_unchecked(text.data(), std::span(copy).first(3));
  EXPECT_EQ(copy[2], std::byte{'c'});
  EXPECT_EQ(copy[3], std::byte{0});
  read_unchecked(nullptr, {});
}

struct TwoObjects {
  std::array<char, 8> first{'1', '2', '3', '4', '5', '6', '7', '8'};
  std::array<char, 8> second{'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'};
};

TEST(RawRead, GoesOverTheEndOfAnObject) {
  static const TwoObjects objects;
  std::array<std::byte, sizeof objects> copy{};
  read_unchecked(&objects.first, copy);
  EXPECT_EQ(copy.back(), std::byte{'h'});
}

}  // namespace

}  // namespace progeny::platform
