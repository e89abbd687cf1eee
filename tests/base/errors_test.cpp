#include <progeny/base/environment.hpp>
#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace {

using progeny::Environment;
using progeny::OSError;

TEST(OSError, IsASentenceWithTheCallTheFileAndTheReason) {
  const OSError error(std::make_error_code(std::errc::no_such_file_or_directory), "exec", "/no");
  EXPECT_STREQ(error.what(), "exec \"/no\": No such file or directory");
  EXPECT_EQ(error.call(), "exec");
  EXPECT_EQ(error.filename(), "/no");
}

TEST(OSError, ConcernsNoFileUnlessOneIsGiven) {
  const OSError error(std::make_error_code(std::errc::too_many_files_open), "pipe");
  EXPECT_STREQ(error.what(), "pipe: Too many open files");
  EXPECT_EQ(error.filename(), std::nullopt);
}

TEST(Errors, AreCaughtAsTheNearestStandardOnes) {
  EXPECT_THROW(throw OSError(std::error_code(2, std::generic_category()), "open"),
               std::system_error);
  EXPECT_THROW(throw progeny::ValueError("x"), std::invalid_argument);
  EXPECT_THROW(throw progeny::UsageError("x"), std::logic_error);
  EXPECT_THROW(throw progeny::LookupError("x"), std::out_of_range);
  EXPECT_THROW(throw progeny::UnicodeDecodeError("utf-8", "\x80", 0, "x"), progeny::ValueError);
}

TEST(UnicodeErrors, NameBytesPositionAndReason) {
  EXPECT_STREQ(progeny::UnicodeDecodeError("utf-8", "\x80", 3, "invalid start byte").what(),
               "'utf-8' codec can't decode byte 0x80 in position 3: invalid start byte");
}

TEST(Environment, LastOfTwoWithTheSameNameCounts) {
  const Environment environment{{"A", "1"}, {"B", "2"}, {"A", "3"}};
  EXPECT_EQ(environment.size(), 2U);
  EXPECT_EQ(environment.get("A"), "3");
}

TEST(Environment, ForgetsWhatIsErased) {
  Environment environment{{"A", "1"}};
  environment.erase("A");
  environment.erase("B");
  EXPECT_EQ(environment.get("A"), std::nullopt);
}

TEST(Environment, ThatIsInheritedCannotBeChanged) {
  auto environment = Environment::inherited();
  EXPECT_THROW(environment.set("A", "1"), progeny::UsageError);
}

}  // namespace
