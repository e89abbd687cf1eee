// Names of places in programs, where debug information cannot be read.

#include "platform/program/symbols.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {

using progeny::platform::exported_name_at;
using progeny::platform::ModulePlace;
using progeny::platform::place_of;

TEST(ExportedNameAt, IsThatOfALoadedLibrarysFunction) {
  const auto place = place_of(reinterpret_cast<const void*>(&std::abort));
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(exported_name_at(*place), "abort");
}

TEST(ExportedNameAt, IsEmptyForAModuleThatIsNotLoaded) {
  ModulePlace place{.module = {.path = "/no/such.so", .identity = "none"}, .offset = 16};
  EXPECT_EQ(exported_name_at(place), "");
}

}  // namespace
