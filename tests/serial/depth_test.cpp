#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

Link chain_of(std::size_t owned) {
  Link link;
  for (std::size_t i = 0; i != owned; ++i) {
    link = Link{0, std::make_unique<Link>(std::move(link)), nullptr};
  }
  return link;
}

// MP-166
TEST(Depth, BeyondTheLimitFailsBeforeAnythingIsSent) {
  // The innermost link has an empty pointer, which is a level too.
  EXPECT_NO_THROW(static_cast<void>(serial::to_bytes(chain_of(serial::max_depth - 1))));
  EXPECT_THROW(static_cast<void>(serial::to_bytes(chain_of(serial::max_depth))),
               progeny::ValueError);
}

TEST(Depth, AtTheLimitArrives) {
  const Link arrived = round_trip(chain_of(serial::max_depth - 1));
  std::size_t depth = 0;
  for (const Link* link = &arrived; link->owned; link = link->owned.get()) {
    ++depth;
  }
  EXPECT_EQ(depth, serial::max_depth - 1);
}

TEST(Depth, OfGarbageIsAnErrorAndNoOverflow) {
  struct Tree {
    std::vector<Tree> trees;
  };
  struct Shared {
    std::shared_ptr<Shared> next;
  };
  const std::string ones(1000000, '\x01');
  EXPECT_EQ(decoding_error<Tree>(forged<Tree>(ones)), "nested deeper than 1000 levels");
  EXPECT_EQ(decoding_error<Link>(forged<Link>(ones)), "nested deeper than 1000 levels");
  std::string numbered;
  for (char number = 1; number != 100; ++number) {
    numbered += number;
  }
  EXPECT_EQ(decoding_error<Shared>(forged<Shared>(numbered)),
            "1 bytes are needed where 0 are left");
}

TEST(Depth, OfLargeObjectsCountsTheirSize) {
  struct Large {
    std::array<char, 20000> ballast;
    std::vector<Large> more;
  };
  const std::string ones(std::size_t{20005} * 50, '\x01');
  EXPECT_EQ(decoding_error<std::unique_ptr<Large>>(forged<std::unique_ptr<Large>>(ones)),
            "nested deeper than 1000 levels");
}

TEST(Depth, IsNotUsedUpByWhatLiesBesideEachOther) {
  const std::vector<std::vector<std::vector<std::string>>> wide(
      2000, std::vector<std::vector<std::string>>(2, {"text"}));
  EXPECT_EQ(round_trip(wide), wide);
}

}  // namespace
