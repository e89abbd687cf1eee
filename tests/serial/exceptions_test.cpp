// What arrives of an exception that the library knows, or does not: type, message, fields.

#include "serial/journey.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/function.hpp>
#include <progeny/subprocess/errors.hpp>

#include <gtest/gtest.h>

#include <any>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <variant>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;
namespace sp = progeny::subprocess;

// MP-242
TEST(StandardExceptions, MadeFromAMessageArriveAsThemselves) {
  expect_itself(std::logic_error("a"));
  expect_itself(std::invalid_argument("b"));
  expect_itself(std::domain_error("c"));
  expect_itself(std::length_error("d"));
  expect_itself(std::out_of_range("e\nf"));
  expect_itself(std::runtime_error(""));
  expect_itself(std::range_error("g"));
  expect_itself(std::overflow_error("h"));
  expect_itself(std::underflow_error("i"));
}

// MP-242
TEST(StandardExceptions, WithoutAMessageArriveAsThemselves) {
  expect_itself(std::bad_exception());
  expect_itself(std::bad_alloc());
  expect_itself(std::bad_array_new_length());
  expect_itself(std::bad_cast());
  expect_itself(std::bad_any_cast());
  expect_itself(std::bad_typeid());
  expect_itself(std::bad_optional_access());
  expect_itself(std::bad_variant_access());
  expect_itself(std::bad_function_call());
  expect_itself(std::bad_weak_ptr());
}

TEST(StandardExceptions, AreNoMoreThanTheyWere) {
  EXPECT_FALSE(as<std::out_of_range>(there_and_back_of(std::logic_error("a"))));
  EXPECT_FALSE(as<std::bad_array_new_length>(there_and_back_of(std::bad_alloc())));
}

TEST(StandardExceptions, KeepAMessageThatOnlyTheLibraryCanGive) {
  std::variant<int, char> value = 1;
  const auto wrong_index = [&value] { static_cast<void>(std::get<char>(value)); };
  EXPECT_TRUE(as<std::bad_variant_access>(there_and_back(thrown_by(wrong_index))));
  EXPECT_NE(message_there_and_back(wrong_index), std::bad_variant_access().what());
  EXPECT_NE(message_there_and_back(wrong_index).find("wrong index"), std::string::npos);
}

TEST(StandardExceptions, OfRegularExpressionsKeepCodeAndMessage) {
  const auto original = thrown_by([] { static_cast<void>(std::regex("(")); });
  const auto arrived = there_and_back(original);
  ASSERT_TRUE(as<std::regex_error>(arrived));
  EXPECT_EQ(as<std::regex_error>(arrived)->code(), as<std::regex_error>(original)->code());
  EXPECT_EQ(serial::format_exception(original) + "Caused by " +
                serial::remote_traceback(arrived)->what() + "\n",
            serial::format_exception(arrived));
}

TEST(SystemError, KeepsCategoryCodeAndMessage) {
  for (const std::error_category* const category :
       {&std::generic_category(), &std::system_category(), &std::iostream_category()}) {
    const std::system_error error(std::error_code(2, *category), "opening");
    expect_itself(error);
    EXPECT_EQ(as<std::system_error>(there_and_back_of(error))->code(), error.code());
  }
  expect_itself(std::system_error(std::make_error_code(std::errc::io_error)));
  expect_itself(std::system_error(std::make_error_code(std::errc::io_error), ""));
}

class ForeignCategory : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "foreign"; }
  [[nodiscard]] std::string message(int /*value*/) const override { return "strange"; }
};

TEST(SystemError, OfACategoryOfTheProgramArrivesAsRemoteErrorWithTheText) {
  const ForeignCategory category;
  const auto arrived =
      as<serial::RemoteError>(there_and_back_of(std::system_error(1, category, "asking")));
  ASSERT_TRUE(arrived.has_value());
  EXPECT_EQ(arrived->type_name(), "std::system_error");
  EXPECT_EQ(arrived->message(), "asking: strange");
  EXPECT_NE(arrived->reason().find("foreign"), std::string::npos) << arrived->reason();
}

TEST(FilesystemError, KeepsItsPaths) {
  const auto code = std::make_error_code(std::errc::file_exists);
  expect_itself(std::filesystem::filesystem_error("copying", code));
  expect_itself(std::filesystem::filesystem_error("copying", "/a", code));
  const std::filesystem::filesystem_error error("copying", "/a", "/b c", code);
  expect_itself(error);
  const auto arrived = as<std::filesystem::filesystem_error>(there_and_back_of(error));
  EXPECT_EQ(arrived->path1(), "/a");
  EXPECT_EQ(arrived->path2(), "/b c");
  EXPECT_EQ(arrived->code(), code);
}

TEST(StreamFailure, ThrownByTheLibraryArrivesAsItself) {
  const auto reading = [] {
    std::ifstream file("/no/such");
    file.exceptions(std::ios::failbit);
  };
  const auto arrived = as<std::ios_base::failure>(there_and_back(thrown_by(reading)));
  ASSERT_TRUE(arrived.has_value());
  EXPECT_STREQ(arrived->what(), as<std::ios_base::failure>(thrown_by(reading))->what());
}

TEST(FutureError, KeepsItsCode) {
  expect_itself(std::future_error(std::future_errc::broken_promise));
  EXPECT_EQ(as<std::future_error>(there_and_back_of(std::future_error(std::future_errc::no_state)))
                ->code(),
            std::future_errc::no_state);
}

// MP-242
TEST(OwnErrors, ArriveAsThemselves) {
  expect_itself(progeny::ValueError("a"));
  expect_itself(progeny::UsageError("b"));
  expect_itself(progeny::RuntimeError("c"));
  expect_itself(progeny::LookupError("d"));
  expect_itself(progeny::EOFError("e"));
  expect_itself(progeny::UnicodeDecodeError("utf-8", "\x80", 3, "invalid start byte"));
  expect_itself(progeny::UnicodeEncodeError("ascii", "\xc3\xa9", 4, "ordinal not in range(128)"));
  expect_itself(serial::RemoteError("T", "m", "r"));
  expect_itself(serial::FunctionNotFound("f"));
}

TEST(OwnErrors, OfTheSystemKeepCallAndFile) {
  const progeny::OSError error(std::make_error_code(std::errc::permission_denied), "open", "/a");
  expect_itself(error);
  const auto arrived = as<progeny::OSError>(there_and_back_of(error));
  EXPECT_EQ(arrived->call(), "open");
  EXPECT_EQ(arrived->filename(), "/a");
  EXPECT_EQ(arrived->code(), std::errc::permission_denied);
}

TEST(OwnErrors, OfTextKeepTheirFields) {
  const auto arrived = as<progeny::UnicodeDecodeError>(
      there_and_back_of(progeny::UnicodeDecodeError("utf-8", "\x80", 3, "why")));
  EXPECT_EQ(arrived->encoding(), "utf-8");
  EXPECT_EQ(arrived->object(), "\x80");
  EXPECT_EQ(arrived->start(), 3U);
  EXPECT_EQ(arrived->reason(), "why");
}

TEST(SubprocessErrors, ArriveAsThemselvesWithTheirFields) {
  using namespace std::chrono_literals;
  expect_itself(sp::SubprocessError("a"));
  expect_itself(sp::CancelledError({"sort", "-n"}));
  expect_itself(sp::CancelledError("ls -l"));
  expect_itself(sp::CancelledError(std::filesystem::path("/bin/ls")));
  const sp::CalledProcessError failed(-9, {"make", "-j2"}, "out");
  expect_itself(failed);
  const auto arrived = as<sp::CalledProcessError>(there_and_back_of(failed));
  EXPECT_EQ(arrived->repr(), failed.repr());
  EXPECT_EQ(arrived->output(), "out");
  EXPECT_EQ(arrived->std_err(), std::nullopt);
  const auto expired =
      as<sp::TimeoutExpired>(there_and_back_of(sp::TimeoutExpired({"a"}, 1500ms, {}, "err")));
  EXPECT_EQ(expired->timeout(), 1500ms);
  EXPECT_EQ(expired->std_err(), "err");
}

struct Unknown : std::out_of_range {
  using std::out_of_range::out_of_range;
};

TEST(UnregisteredExceptions, ArriveAsRemoteErrorWithTypeAndMessage) {
  const auto arrived = as<serial::RemoteError>(there_and_back_of(Unknown("too far")));
  ASSERT_TRUE(arrived.has_value());
  EXPECT_EQ(arrived->type_name(), "(anonymous namespace)::Unknown");
  EXPECT_EQ(arrived->message(), "too far");
  EXPECT_STREQ(arrived->what(), "(anonymous namespace)::Unknown: too far");
}

TEST(UnregisteredExceptions, NeedNotBeExceptions) {
  EXPECT_STREQ(as<serial::RemoteError>(there_and_back_of(42))->what(), "int: 42");
  EXPECT_STREQ(as<serial::RemoteError>(there_and_back_of("text"))->what(), "char const*: text");
  EXPECT_EQ(as<serial::RemoteError>(there_and_back_of(std::string("s")))->message(), "s");
  EXPECT_EQ(as<serial::RemoteError>(there_and_back_of(nullptr))->type_name(), "decltype(nullptr)");
}

TEST(NoException, TravelsAsOneThatSaysSo) {
  EXPECT_EQ(as<serial::RemoteError>(there_and_back(nullptr))->message(), "there was no exception");
}

}  // namespace
