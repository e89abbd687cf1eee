// Classes of Python's standard library. The values were compared with python3.

#include <progeny/base/errors.hpp>
#include <progeny/pickle.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace progeny::pickle {

namespace {

using namespace std::chrono_literals;

TEST(PickleObjects, DecimalsAndUuids) {
  EXPECT_EQ(from(Decimal{"1.50"}).repr(), "decimal.Decimal('1.50')");
  EXPECT_EQ(loads<Decimal>(dumps(Decimal{"-1E+3"})), Decimal{"-1E+3"});
  Uuid uuid;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(0xF0 + i);
  }
  EXPECT_EQ(uuid.text(), "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff");
  EXPECT_EQ(loads<Uuid>(dumps(uuid)), uuid);
  EXPECT_EQ(loads<Uuid>(dumps(Uuid())), Uuid());
  EXPECT_THROW(static_cast<void>(to<Uuid>(5)), TypeError);
}

TEST(PickleObjects, Times) {
  using std::chrono::system_clock;
  EXPECT_EQ(from(std::chrono::microseconds(-1)).repr(), "datetime.timedelta(-1, 86399, 999999)");
  EXPECT_EQ(loads<std::chrono::milliseconds>(dumps(90'061'001ms)), 90'061'001ms);
  // datetime(2024, 2, 29, 12, 30, 15, 250000, timezone.utc).timestamp() == 1709209815.25
  const system_clock::time_point time(1'709'209'815'250ms);
  const Value value = from(time);
  EXPECT_EQ(value.as_object().args.at_index(0),
            Value::bytes({"\x07\xE8\x02\x1D\x0C\x1E\x0F\x03\xD0\x90", 10}));
  EXPECT_EQ(to<system_clock::time_point>(value), time);
  const system_clock::time_point before(-1us);
  EXPECT_EQ(loads<system_clock::time_point>(dumps(before)), before);
  using Day = std::chrono::time_point<system_clock, std::chrono::duration<int, std::ratio<86'400>>>;
  EXPECT_EQ(from(Day(std::chrono::duration<int, std::ratio<86'400>>(19'782)))
                .as_object()
                .args.at_index(0),
            Value::bytes({"\x07\xE8\x02\x1D", 4}));
  const std::chrono::time_point<system_clock, std::chrono::seconds> late(24h * 366 * 9'000);
  EXPECT_THROW(static_cast<void>(from(late)), OverflowError);
}

TEST(PickleObjects, Arrays) {
  const NdArray array{.dtype = "<i4", .shape = {2, 1}, .data = std::string(8, '\1')};
  EXPECT_EQ(loads<NdArray>(dumps(array)), array);
  EXPECT_THROW(static_cast<void>(from(NdArray{.dtype = "f8"})), ValueError);
  const Value dtype = Value::reduce(Value::global("numpy", "dtype"), {"u1", false, true});
  dtype.as_object().states.push_back(Value::tuple({3, "|", {}, {}, {}, -1, -1, 0}));
  const Value newer = Value::reduce(Value::global("numpy._core.numeric", "_frombuffer"),
                                    {Value::bytearray("ab"), dtype, Value::tuple({2}), "C"});
  EXPECT_EQ(to<NdArray>(newer), (NdArray{.dtype = "|u1", .shape = {2}, .data = "ab"}));
}

TEST(PickleObjects, ExceptionsKeepTheirKind) {
  const auto name_for = [](const std::exception& error) { return exception_of(error).name; };
  EXPECT_EQ(name_for(ValueError("v")), "ValueError");
  EXPECT_EQ(name_for(KeyError("k")), "KeyError");
  EXPECT_EQ(name_for(std::runtime_error("r")), "RuntimeError");
  EXPECT_EQ(name_for(std::bad_alloc()), "MemoryError");
  EXPECT_EQ(name_for(OSError(std::make_error_code(std::errc::file_exists), "open")),
            "FileExistsError");
  EXPECT_THROW(throw_exception({.name = "KeyError", .args = {"k"}}), KeyError);
  EXPECT_THROW(throw_exception({.name = "IndexError", .args = {"i"}}), IndexError);
  try {
    throw_exception({.name = "FileNotFoundError", .args = {2, "No such file", "/x"}});
    FAIL();
  } catch (const OSError& error) {
    EXPECT_TRUE(error.code() == std::errc::no_such_file_or_directory);
    EXPECT_EQ(error.filename(), "/x");
  }
  try {
    throw_exception({.module = "m", .name = "Mine", .args = {"text", 2}});
    FAIL();
  } catch (const RuntimeError& error) {
    EXPECT_STREQ(error.what(), "Mine: ('text', 2)");
  }
  const auto there = loads<Exception>(dumps(exception_of(ValueError("bad"))));
  EXPECT_EQ(there.name + there.text(), "ValueErrorbad");
}

}  // namespace

}  // namespace progeny::pickle
