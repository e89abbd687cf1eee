#include <progeny/pickle/objects.hpp>

#include "pickle/value/integers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace progeny::pickle {

namespace {

[[noreturn]] void throw_no(std::string_view wanted, const Value& value) {
  throw TypeError(fmt::format("{} is wanted where there is {}", wanted, value.repr(80)));
}

bool is_global(const Value& value, std::string_view module, std::string_view name) {
  return value.kind() == Kind::global && value.as_global().module == module &&
         value.as_global().name == name;
}

// Whether it is an object that calling or instantiating this global makes.
bool is_made_by(const Value& value, std::string_view module, std::string_view name) {
  return value.kind() == Kind::object && value.as_object().args.kind() == Kind::tuple &&
         is_global(value.as_object().callable, module, name);
}

const std::vector<Value>& args_of(const Value& value) {
  return value.as_object().args.items();
}

// Whole days, and the microseconds behind them, which are never negative.
struct Split {
  std::int64_t days;
  std::int64_t rest;
};

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;

Split split(std::int64_t microseconds) {
  const std::int64_t rest = microseconds % day;
  return rest < 0 ? Split{microseconds / day - 1, rest + day} : Split{microseconds / day, rest};
}

// <https://howardhinnant.github.io/date_algorithms.html>.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day_of_month) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto of_era = static_cast<unsigned>(year - era * 400);
  const unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day_of_month - 1;
  const unsigned all = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return era * 146'097 + static_cast<std::int64_t>(all) - 719'468;
}

struct Civil {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

Civil civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
  const unsigned shifted = (5 * of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<std::int64_t>(year) + era * 400 + (month <= 2 ? 1 : 0),
          month,
          of_year - (153 * shifted + 2) / 5 + 1};
}

void append_date(std::string& bytes, std::int64_t days) {
  const Civil civil = civil_from_days(days);
  if (civil.year < 1 || civil.year > 9'999) {
    throw OverflowError(fmt::format("Python has the years 1 to 9999, and this is {}", civil.year));
  }
  bytes += static_cast<char>(civil.year >> 8);
  bytes += static_cast<char>(civil.year & 0xFF);
  bytes += static_cast<char>(civil.month);
  bytes += static_cast<char>(civil.day);
}

// `bytes` of at least 4.
std::int64_t read_date(std::string_view bytes, const Value& value) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned month = byte(2) & 0x7FU;
  if (month < 1 || month > 12 || byte(3) < 1 || byte(3) > 31) {
    throw_no("a date", value);
  }
  return days_from_civil(byte(0) * 256 + byte(1), month, byte(3));
}

// Protocols below 3 have the bytes as a str, which has been made bytes again already.
std::string_view state_of(const Value& value, std::string_view name, std::size_t size) {
  const bool is_one = is_made_by(value, "datetime", name) && !args_of(value).empty() &&
                      args_of(value)[0].kind() == Kind::bytes &&
                      args_of(value)[0].as_bytes().size() == size;
  if (!is_one) {
    throw_no(fmt::format("a datetime.{}", name), value);
  }
  return args_of(value)[0].as_bytes();
}

}  // namespace

namespace detail {

Value timedelta_of(std::int64_t microseconds) {
  const auto [days, rest] = split(microseconds);
  return Value::reduce(Value::global("datetime", "timedelta"),
                       {days, rest / second, rest % second});
}

std::int64_t microseconds_of(const Value& timedelta) {
  if (!is_made_by(timedelta, "datetime", "timedelta") || args_of(timedelta).size() != 3) {
    throw_no("a timedelta", timedelta);
  }
  std::int64_t total = 0;
  if (__builtin_mul_overflow(args_of(timedelta)[0].as_int(), day, &total) ||
      __builtin_add_overflow(
          total,
          args_of(timedelta)[1].as_int() * second + args_of(timedelta)[2].as_int(),
          &total)) {
    throw OverflowError(fmt::format("{} does not fit into 64 bits", timedelta.repr(80)));
  }
  return total;
}

Value date_of(std::int64_t days) {
  std::string bytes;
  append_date(bytes, days);
  return Value::reduce(Value::global("datetime", "date"), {Value::bytes(bytes)});
}

std::int64_t days_of(const Value& date) {
  if (is_made_by(date, "datetime", "datetime")) {
    return read_date(state_of(date, "datetime", 10), date);
  }
  return read_date(state_of(date, "date", 4), date);
}

Value datetime_of(std::int64_t microseconds) {
  const auto [days, rest] = split(microseconds);
  std::string bytes;
  append_date(bytes, days);
  const std::int64_t seconds = rest / second;
  bytes += static_cast<char>(seconds / 3'600);
  bytes += static_cast<char>(seconds / 60 % 60);
  bytes += static_cast<char>(seconds % 60);
  for (const int shift : {16, 8, 0}) {
    bytes += static_cast<char>(rest % second >> shift);
  }
  const Value utc = Value::reduce(Value::global("datetime", "timezone"), {timedelta_of(0)});
  return Value::reduce(Value::global("datetime", "datetime"), {Value::bytes(bytes), utc});
}

std::int64_t since_epoch(const Value& datetime) {
  const std::string_view bytes = state_of(datetime, "datetime", 10);
  const auto byte = [&](std::size_t i) {
    return static_cast<std::int64_t>(static_cast<unsigned char>(bytes[i]));
  };
  const std::int64_t seconds = byte(4) * 3'600 + byte(5) * 60 + byte(6);
  const std::int64_t fraction = byte(7) << 16 | byte(8) << 8 | byte(9);
  std::int64_t offset = 0;
  if (args_of(datetime).size() > 1) {
    const Value& zone = args_of(datetime)[1];
    if (!is_made_by(zone, "datetime", "timezone") || args_of(zone).empty()) {
      throw TypeError(
          fmt::format("a datetime has a zone whose offset is not known here: {}", zone.repr(80)));
    }
    offset = microseconds_of(args_of(zone)[0]);
  }
  return read_date(bytes, datetime) * day + seconds * second + fraction - offset;
}

}  // namespace detail

Value Adapter<Decimal>::from(const Decimal& value) {
  return Value::reduce(Value::global("decimal", "Decimal"), {value.text});
}

Decimal Adapter<Decimal>::to(const Value& value) {
  if (value.kind() == Kind::integer) {
    return {value.int_decimal()};
  }
  if (!is_made_by(value, "decimal", "Decimal") || args_of(value).size() != 1) {
    throw_no("a Decimal", value);
  }
  return {std::string(args_of(value)[0].as_text())};
}

std::string Uuid::text() const {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += (i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "") + fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

Value Adapter<Uuid>::from(const Uuid& value) {
  std::string number(value.bytes.rbegin(), value.bytes.rend());
  number += '\0';
  return Value::object(
      Value::global("uuid", "UUID"), {}, Value::dict({{"int", Value::integer(number)}}));
}

Uuid Adapter<Uuid>::to(const Value& value) {
  if (!is_made_by(value, "uuid", "UUID") || value.as_object().states.empty()) {
    throw_no("a UUID", value);
  }
  std::string number = value.as_object().states.back().at("int").int_bytes();
  if (number.size() > 17 || (number.size() == 17 && number.back() != '\0')) {
    throw_no("a UUID", value);
  }
  number.resize(16, '\0');
  Uuid uuid;
  std::copy(number.rbegin(), number.rend(), uuid.bytes.begin());
  return uuid;
}

std::string Exception::text() const {
  if (args.empty()) {
    return {};
  }
  const bool is_key = name == "KeyError";  // Python prints the key's repr.
  if (args.size() == 1) {
    return args[0].kind() == Kind::text && !is_key ? std::string(args[0].as_text())
                                                   : args[0].repr();
  }
  if (args.size() >= 2 && args[0].kind() == Kind::integer && args[1].kind() == Kind::text) {
    return fmt::format("[Errno {}] {}", args[0].int_decimal(), args[1].as_text()) +
           (args.size() > 2 && !args[2].is_none() ? ": " + args[2].repr() : "");
  }
  return Value::tuple(args).repr();
}

Value Adapter<Exception>::from(const Exception& value) {
  Value made = Value::reduce(Value::global(value.module, value.name), value.args);
  if (!value.attributes.is_none()) {
    made.as_object().states.push_back(value.attributes);
  }
  return made;
}

Exception Adapter<Exception>::to(const Value& value) {
  if (value.kind() != Kind::object || value.as_object().callable.kind() != Kind::global ||
      value.as_object().args.kind() != Kind::tuple) {
    throw_no("an exception", value);
  }
  const Recipe& recipe = value.as_object();
  Exception exception{.module = recipe.callable.as_global().module,
                      .name = recipe.callable.as_global().name,
                      .args = recipe.args.items(),
                      .attributes = recipe.states.empty() ? Value() : recipe.states.back()};
  // From Python 3.12 on an AttributeError has its arguments among its attributes.
  if (exception.args.empty() && exception.attributes.kind() == Kind::dict) {
    if (const Value* const args = exception.attributes.find("args");
        args != nullptr && args->kind() == Kind::tuple) {
      exception.args = args->items();
    }
  }
  return exception;
}

}  // namespace progeny::pickle
