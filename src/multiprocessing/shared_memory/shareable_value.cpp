#include <progeny/multiprocessing/shared_memory/shareable_value.hpp>

#include "base/repr.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <variant>

namespace progeny::multiprocessing::shared_memory {

namespace {

// -2^63 and 2^63. A double holds both exactly, unlike the largest 64-bit integer, 2^63 - 1. So a
// double in [below, above) converts without overflow.
constexpr double below_integers = -9223372036854775808.0;
constexpr double above_integers = 9223372036854775808.0;

std::optional<std::int64_t> as_integer(const ShareableValue::Variant& value) noexcept {
  if (const auto* truth = std::get_if<bool>(&value)) {
    return *truth ? 1 : 0;
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return *number;
  }
  const auto* number = std::get_if<double>(&value);
  if (number != nullptr && *number >= below_integers && *number < above_integers &&
      std::trunc(*number) == *number) {
    return static_cast<std::int64_t>(*number);
  }
  return std::nullopt;
}

struct Repr {
  std::string operator()(std::nullptr_t) const { return "None"; }
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const {
    // Python marks a float by a point or an exponent: 1.0, not 1.
    auto text = fmt::format("{}", value);
    return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
  }
  std::string operator()(const std::string& value) const {
    return progeny::detail::repr_text(value);
  }
  std::string operator()(const ShareableValue::Bytes& value) const {
    return progeny::detail::repr_bytes({reinterpret_cast<const char*>(value.data()), value.size()});
  }
};

}  // namespace

void ShareableValue::refuse_number() {
  throw std::out_of_range("an integer in a ShareableList must fit a signed integer of 64 bits");
}

// NOLINTNEXTLINE(bugprone-exception-escape): comparing variants does not throw bad_variant_access.
bool ShareableValue::operator==(const ShareableValue& other) const noexcept {
  const auto own_number = as_integer(value_);
  const auto number = as_integer(other.value_);
  return own_number || number ? own_number == number : value_ == other.value_;
}

std::ostream& operator<<(std::ostream& out, const ShareableValue& value) {
  return out << std::visit(Repr{}, value.variant());
}

}  // namespace progeny::multiprocessing::shared_memory
