#include "platform/system/is_windows.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace progeny::platform {

namespace {

TEST(Kind, IsWhatThePathsOfTheSystemShow) {
  EXPECT_EQ(is_windows(), std::filesystem::path::preferred_separator == '\\');
}

}  // namespace

}  // namespace progeny::platform
