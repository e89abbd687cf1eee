#include <progeny/multiprocessing/sharedctypes/repr.hpp>

#include "base/repr.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::multiprocessing::detail {

namespace {

// A character as UTF-8. Surrogates, and what is beyond Unicode, are none.
std::string utf8_of(std::uint32_t point) {
  const auto byte = [](std::uint32_t bits) { return static_cast<char>(bits); };
  const auto next = [&](unsigned shift) { return byte(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    return {byte(point)};
  }
  if (point < 0x800) {
    return {byte(0xC0 | point >> 6), next(0)};
  }
  if (point < 0x10000) {
    return {byte(0xE0 | point >> 12), next(6), next(0)};
  }
  return {byte(0xF0 | point >> 18), next(12), next(6), next(0)};
}

}  // namespace

std::string repr_of_element(bool value) {
  return value ? "True" : "False";
}

std::string repr_of_element(char value) {
  return progeny::detail::repr_bytes({&value, 1});
}

std::string repr_of_element(wchar_t value) {
  const auto point = static_cast<std::uint32_t>(value);
  const bool is_character = point < 0x110000 && (point < 0xD800 || point > 0xDFFF);
  return is_character ? progeny::detail::repr_text(utf8_of(point))
                      : fmt::format("'\\U{:08x}'", point);
}

// As Python, a whole number is written with a fraction.
std::string repr_of_element(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) {
    text += ".0";
  }
  return text;
}

std::string repr_of_element(long long value) {
  return fmt::format("{}", value);
}

std::string repr_of_element(unsigned long long value) {
  return fmt::format("{}", value);
}

std::string repr_of_array(std::string_view type, std::size_t size, const void* data) {
  return fmt::format("<multiprocessing.sharedctypes.{}_Array_{} object at {}>", type, size, data);
}

std::string repr_of_object(std::size_t size, const void* data) {
  return fmt::format("<object of {} bytes at {}>", size, data);
}

}  // namespace progeny::multiprocessing::detail
