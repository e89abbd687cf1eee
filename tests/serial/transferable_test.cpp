#include "serial/rich.hpp"

#include <progeny/base/bytes.hpp>
#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <ranges>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <typeindex>
#include <utility>
#include <vector>

namespace {

using namespace progeny::testing;
using progeny::serial::Transferable;

TEST(Transferable, AreTypesThatAreKnownWithAllTheirParts) {
  EXPECT_TRUE(Transferable<Rich>);
  EXPECT_TRUE(Transferable<Json>);
  EXPECT_TRUE(Transferable<Link>);
  EXPECT_TRUE(Transferable<progeny::Handle>);
}

TEST(Transferable, ArePointersAndReferencesNever) {
  EXPECT_FALSE(Transferable<int*>);
  EXPECT_FALSE(Transferable<const char*>);
  EXPECT_FALSE(Transferable<void (*)(int)>);
  EXPECT_FALSE(Transferable<int Point::*>);
  EXPECT_FALSE(Transferable<std::nullptr_t>);
  EXPECT_FALSE(Transferable<int&>);
  EXPECT_FALSE(Transferable<char[4]>);
  EXPECT_FALSE(Transferable<std::reference_wrapper<int>>);
}

TEST(Transferable, AreViewsNever) {
  EXPECT_FALSE(Transferable<std::string_view>);
  EXPECT_FALSE(Transferable<std::span<int>>);
  EXPECT_FALSE((Transferable<std::span<int, 3>>));
  EXPECT_FALSE(Transferable<progeny::BytesView>);
  EXPECT_FALSE(Transferable<std::initializer_list<int>>);
  EXPECT_FALSE(Transferable<std::vector<int>::iterator>);
  EXPECT_FALSE((Transferable<std::ranges::iota_view<int, int>>));
}

TEST(Transferable, AreCallablesWithTiesToThisProcessNever) {
  int captured = 0;
  const auto by_value = [captured] { return captured; };
  const auto by_reference = [&captured] { return captured; };
  const auto generic = [captured](auto value) { return value + captured; };
  EXPECT_FALSE(Transferable<std::remove_const_t<decltype(by_value)>>);
  EXPECT_FALSE(Transferable<std::remove_const_t<decltype(by_reference)>>);
  EXPECT_FALSE(Transferable<std::remove_const_t<decltype(generic)>>);
  EXPECT_FALSE(Transferable<std::function<void()>>);
  EXPECT_FALSE(Transferable<std::coroutine_handle<>>);
  EXPECT_EQ(by_value() + by_reference() + generic(0), 0);
}

TEST(Transferable, AreNamesOfThingsOfThisProcessNever) {
  EXPECT_FALSE(Transferable<std::type_index>);
  EXPECT_FALSE(Transferable<std::thread::id>);
  EXPECT_FALSE(Transferable<std::source_location>);
  EXPECT_FALSE(Transferable<std::error_condition>);
}

TEST(Transferable, IsNothingWithAPartThatIsNot) {
  struct View {
    int number;
    std::string_view text;
  };
  EXPECT_FALSE((Transferable<std::tuple<int, const char*>>));
  EXPECT_FALSE((Transferable<std::vector<std::pair<int, std::span<char>>>>));
  EXPECT_FALSE(Transferable<View>);
  EXPECT_FALSE(Transferable<std::vector<View>>);
  EXPECT_FALSE(Transferable<std::optional<std::unique_ptr<int*>>>);
}

TEST(Transferable, AreAggregatesThatCannotBeTakenApartNever) {
  struct Array {
    int first;
    char name[16];
  };
  struct Derived : Point {
    int more;
  };
  struct Reference {
    int& number;
  };
  struct Constant {
    const int number;
  };
  union Either {
    int number;
    float fraction;
  };
  EXPECT_FALSE(Transferable<Array>);
  EXPECT_FALSE(Transferable<Derived>);
  EXPECT_FALSE(Transferable<Reference>);
  EXPECT_FALSE(Transferable<Constant>);
  EXPECT_FALSE(Transferable<Either>);
}

TEST(Transferable, AreFunctionObjectsWithStateLikeOtherAggregates) {
  struct Adder {
    int summand;
    int operator()(int number) const { return number + summand; }
  };
  EXPECT_TRUE(Transferable<Adder>);
  EXPECT_EQ(progeny::serial::from_bytes<Adder>(progeny::serial::to_bytes(Adder{2}))(3), 5);
}

}  // namespace
