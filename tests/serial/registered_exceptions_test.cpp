// Exceptions that the program has registered, causes, and what people are shown of both.

#include "serial/journey.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/register_exception.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

struct DiskFull : std::runtime_error {
  explicit DiskFull(const std::string& message) : std::runtime_error(message) {}
};
struct Lost : std::exception {
  explicit Lost(int place) : where(place) {}
  [[nodiscard]] const char* what() const noexcept override { return "lost"; }
  int where;
};
struct Fragile : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "broke"; }
};
struct Final final : std::runtime_error {
  explicit Final(const std::string& message) : std::runtime_error(message) {}
};

struct Another : std::runtime_error {
  using std::runtime_error::runtime_error;
};

const bool registered =
    serial::register_exception<DiskFull>("DiskFull") &&
    serial::register_exception<Final>("Final") &&
    serial::register_exception<Lost>(
        "Lost",
        [](const Lost& error) { return std::to_string(error.where); },
        [](std::string_view bytes) { return Lost(std::stoi(std::string(bytes))); }) &&
    serial::register_exception<Fragile>(
        "Fragile",
        [](const Fragile&) { return std::string(); },
        [](std::string_view) -> Fragile { throw std::runtime_error("no glue"); });

// MP-182
TEST(RegisteredExceptions, ArriveAsThemselves) {
  ASSERT_TRUE(registered);
  expect_itself(DiskFull("no room"));
  EXPECT_EQ(as<Lost>(there_and_back_of(Lost(7)))->where, 7);
}

// MP-250
TEST(RegisteredExceptions, WhoseDecodingFailsArriveAsRemoteErrorWithTheText) {
  const auto arrived = as<serial::RemoteError>(there_and_back_of(Fragile()));
  ASSERT_TRUE(arrived.has_value());
  EXPECT_EQ(arrived->type_name(), "(anonymous namespace)::Fragile");
  EXPECT_EQ(arrived->message(), "broke");
  EXPECT_EQ(arrived->reason(), "no glue");
}

TEST(RegisteredExceptions, ThatAreFinalComeAlone) {
  const auto arrived = there_and_back_of(Final("end"));
  EXPECT_STREQ(as<Final>(arrived)->what(), "end");
  EXPECT_FALSE(serial::remote_traceback(arrived));
}

TEST(Registration, OfANameOrATypeTwiceIsRefusedUnlessItIsTheSame) {
  EXPECT_TRUE(serial::register_exception<DiskFull>("DiskFull"));
  EXPECT_THROW(serial::register_exception<DiskFull>("Other"), progeny::ValueError);
  EXPECT_THROW(serial::register_exception<Another>("DiskFull"), progeny::ValueError);
  EXPECT_THROW(serial::register_exception<std::runtime_error>("mine"), progeny::ValueError);
}

std::exception_ptr nested() {
  return thrown_by([] {
    try {
      try {
        throw Lost(3);
      } catch (...) {
        std::throw_with_nested(std::out_of_range("middle"));
      }
    } catch (...) {
      std::throw_with_nested(DiskFull("outside"));
    }
  });
}

// The exception nested in it, or null.
std::exception_ptr cause_of(const std::exception_ptr& error) {
  const auto nesting = as<std::nested_exception>(error);
  return nesting ? nesting->nested_ptr() : nullptr;
}

// MP-242
TEST(Causes, ArriveInTheirOrderBehindTheTraceback) {
  const auto arrived = there_and_back(nested());
  EXPECT_STREQ(as<DiskFull>(arrived)->what(), "outside");
  const auto traceback = cause_of(arrived);
  EXPECT_EQ(as<serial::RemoteTraceback>(traceback)->type_name(), "(anonymous namespace)::DiskFull");
  const auto middle = cause_of(traceback);
  EXPECT_STREQ(as<std::out_of_range>(middle)->what(), "middle");
  const auto innermost = cause_of(middle);
  EXPECT_EQ(as<Lost>(innermost)->where, 3);
  EXPECT_EQ(cause_of(innermost), nullptr);
}

TEST(Causes, AreNotTakenFromWhatTheReceiverIsHandling) {
  const std::string bytes = serial::encode_exception(nested());
  try {
    throw std::logic_error("the receiver's own");
  } catch (...) {
    const auto innermost = cause_of(cause_of(cause_of(serial::decode_exception(bytes))));
    EXPECT_EQ(as<Lost>(innermost)->where, 3);
    EXPECT_EQ(cause_of(innermost), nullptr);
  }
}

TEST(Causes, OfTwoJourneysAreAllThere) {
  const auto arrived = there_and_back(there_and_back_of(std::out_of_range("far")));
  EXPECT_STREQ(as<std::out_of_range>(arrived)->what(), "far");
  const auto second = cause_of(arrived);
  const auto first = cause_of(second);
  EXPECT_TRUE(as<serial::RemoteTraceback>(second));
  EXPECT_TRUE(as<serial::RemoteTraceback>(first));
  EXPECT_EQ(cause_of(first), nullptr);
}

TEST(Causes, BeyondAReasonableNumberAreDropped) {
  std::exception_ptr error = std::make_exception_ptr(std::runtime_error("0"));
  for (int depth = 1; depth < 1000; ++depth) {
    error = thrown_by([&] {
      try {
        std::rethrow_exception(error);
      } catch (...) {
        std::throw_with_nested(std::runtime_error(std::to_string(depth)));
      }
    });
  }
  EXPECT_STREQ(as<std::runtime_error>(there_and_back(error))->what(), "999");
}

TEST(Rethrow, ThrowsWhatWasEncoded) {
  const std::string bytes =
      serial::encode_exception(std::make_exception_ptr(std::out_of_range("far")));
  EXPECT_THROW(serial::rethrow(bytes), std::out_of_range);
}

// MP-031
TEST(FormattedException, NamesTypesMessagesAndCauses) {
  EXPECT_EQ(serial::format_exception(nested()),
            "(anonymous namespace)::DiskFull: outside\n"
            "Caused by std::out_of_range: middle\n"
            "Caused by (anonymous namespace)::Lost: lost\n");
}

}  // namespace
