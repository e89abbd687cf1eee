#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

TEST(UniquePointers, TravelWithWhatTheyOwn) {
  EXPECT_EQ(*round_trip(std::make_unique<std::string>("owned")), "owned");
  EXPECT_EQ(round_trip(std::unique_ptr<int>()), nullptr);
  EXPECT_EQ(*round_trip(std::unique_ptr<const int>(new int(3))), 3);
}

TEST(SharedPointers, ThatShareAnObjectShareItAfterwards) {
  const auto shared = std::make_shared<std::string>("shared");
  const std::vector arrived =
      round_trip(std::vector{shared, shared, std::make_shared<std::string>("shared")});
  EXPECT_EQ(*arrived[0], "shared");
  EXPECT_EQ(arrived[0], arrived[1]);
  EXPECT_NE(arrived[0], arrived[2]);
  EXPECT_EQ(arrived[0].use_count(), 2);
}

TEST(SharedPointers, ShareAcrossAllOfAValue) {
  const Link arrived = round_trip(linked_value());
  EXPECT_EQ(arrived.shared->number, 3);
  EXPECT_EQ(arrived.shared, arrived.owned->shared);
}

TEST(SharedPointers, ToAnObjectAndToItsFirstMemberAreTwoObjects) {
  struct Outer {
    std::shared_ptr<Point> whole;
    std::shared_ptr<double> first;
  };
  const auto point = std::make_shared<Point>(Point{1, 2});
  const Outer arrived = round_trip(Outer{point, std::shared_ptr<double>(point, &point->x)});
  EXPECT_EQ(*arrived.whole, (Point{1, 2}));
  EXPECT_EQ(*arrived.first, 1);
}

TEST(SharedPointers, NeverGiveAnObjectOfAnotherType) {
  using Both = std::pair<std::shared_ptr<std::string>, std::shared_ptr<std::vector<char>>>;
  EXPECT_EQ(decoding_error<Both>(forged<Both>("\x01\x01"
                                              "a"
                                              "\x01")),
            "shared object 1 is of another type");
}

TEST(SharedPointers, RefuseANumberThatNobodyHas) {
  using Pointers = std::vector<std::shared_ptr<char>>;
  EXPECT_EQ(decoding_error<Pointers>(forged<Pointers>("\x02\x01"
                                                      "a"
                                                      "\x03")),
            "a shared object 3 is meant, and there are 1");
}

TEST(SharedPointers, RefuseAnObjectInsideItself) {
  struct Ring {
    std::shared_ptr<Ring> next;
  };
  EXPECT_EQ(decoding_error<Ring>(forged<Ring>("\x01\x01")), "shared object 1 owns itself");
}

// MP-166
TEST(SharedPointers, ThatFormARingFailBeforeAnythingIsSent) {
  const auto ring = std::make_shared<Link>();
  ring->shared = ring;
  EXPECT_THROW(static_cast<void>(serial::encode(ring)), progeny::ValueError);
  ring->shared.reset();
}

TEST(Pointers, ToWhatMayBeMoreThanTheirTypeTellsCannotTravel) {
  struct Base {
    Base() = default;
    Base(const Base&) = default;
    Base& operator=(const Base&) = default;
    virtual ~Base() = default;
  };
  struct Final final : Base {};
  EXPECT_FALSE(serial::Transferable<std::unique_ptr<Base>>);
  EXPECT_FALSE(serial::Transferable<std::shared_ptr<Base>>);
  EXPECT_FALSE(serial::Transferable<std::weak_ptr<int>>);
  EXPECT_FALSE(serial::Transferable<std::unique_ptr<int[]>>);
  EXPECT_FALSE(serial::Transferable<std::shared_ptr<void>>);
}

}  // namespace
