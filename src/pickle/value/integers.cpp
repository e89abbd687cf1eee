#include "pickle/value/integers.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace progeny::pickle::detail {

namespace {

bool is_negative(std::string_view bytes) {
  return !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
}

// The absolute value in words of 32 bits, the lowest first.
std::vector<std::uint32_t> magnitude_of(std::string_view bytes) {
  const bool negative = is_negative(bytes);
  std::vector<std::uint32_t> words(bytes.size() / 4 + 1);
  std::uint32_t carry = negative ? 1 : 0;
  for (std::size_t i = 0; i < words.size() * 4; ++i) {
    std::uint32_t byte = i < bytes.size() ? static_cast<unsigned char>(bytes[i])
                         : negative       ? 0xFF
                                          : 0;
    if (negative) {
      byte = (byte ^ 0xFFU) + carry;
      carry = byte >> 8U;
      byte &= 0xFFU;
    }
    words[i / 4] |= byte << (i % 4 * 8);
  }
  while (!words.empty() && words.back() == 0) {
    words.pop_back();
  }
  return words;
}

std::string bytes_of_magnitude(const std::vector<std::uint32_t>& words, bool negative) {
  std::string bytes(words.size() * 4 + 1, '\0');
  std::uint32_t carry = negative ? 1 : 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::uint32_t byte = i / 4 < words.size() ? words[i / 4] >> (i % 4 * 8) & 0xFFU : 0;
    if (negative) {
      byte = (byte ^ 0xFFU) + carry;
      carry = byte >> 8U;
    }
    bytes[i] = static_cast<char>(byte);
  }
  return std::string(shortest(bytes));
}

}  // namespace

std::string_view shortest(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const auto last = static_cast<unsigned char>(bytes.back());
    const bool next_is_negative = is_negative(bytes.substr(0, bytes.size() - 1));
    if (!(last == 0 && !next_is_negative) && !(last == 0xFF && next_is_negative)) {
      break;
    }
    bytes.remove_suffix(1);
  }
  return bytes;
}

std::string bytes_of(std::int64_t value) {
  std::string bytes;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> shift);
  }
  return std::string(shortest(bytes));
}

std::int64_t small_integer(std::string_view bytes) noexcept {
  std::uint64_t value = is_negative(bytes) ? ~std::uint64_t{0} : 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8U | static_cast<unsigned char>(bytes[i]);
  }
  return static_cast<std::int64_t>(value);
}

std::string from_decimal(std::string_view digits) {
  std::string_view rest = digits;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) {
    rest.remove_prefix(1);
  }
  if (rest.empty() || !std::ranges::all_of(rest, [](char c) { return '0' <= c && c <= '9'; })) {
    throw ValueError(fmt::format("\"{}\" is no decimal number", digits.substr(0, 80)));
  }
  std::vector<std::uint32_t> words;
  for (const char digit : rest) {
    std::uint64_t carry = static_cast<std::uint64_t>(digit - '0');
    for (std::uint32_t& word : words) {
      carry += std::uint64_t{word} * 10;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32U;
    }
    if (carry != 0) {
      words.push_back(static_cast<std::uint32_t>(carry));
    }
  }
  return bytes_of_magnitude(words, negative);
}

std::string to_decimal(std::string_view bytes) {
  constexpr std::uint32_t chunk = 1'000'000'000;
  std::vector<std::uint32_t> words = magnitude_of(bytes);
  if (words.empty()) {
    return "0";
  }
  std::vector<std::uint32_t> chunks;
  while (!words.empty()) {
    std::uint64_t rest = 0;
    for (std::size_t i = words.size(); i-- > 0;) {
      rest = rest << 32U | words[i];
      words[i] = static_cast<std::uint32_t>(rest / chunk);
      rest %= chunk;
    }
    chunks.push_back(static_cast<std::uint32_t>(rest));
    while (!words.empty() && words.back() == 0) {
      words.pop_back();
    }
  }
  std::string text = is_negative(bytes) ? "-" : "";
  text += fmt::to_string(chunks.back());
  for (std::size_t i = chunks.size() - 1; i-- > 0;) {
    text += fmt::format("{:09}", chunks[i]);
  }
  return text;
}

double to_double(std::string_view bytes) noexcept {
  const std::vector<std::uint32_t> words = magnitude_of(bytes);
  if (words.empty()) {
    return 0;
  }
  // The highest 64 bits, the last of them set if any lower one is: that rounds as all bits would.
  const std::size_t bits =
      words.size() * 32 - static_cast<std::size_t>(std::countl_zero(words.back()));
  if (bits > 1'024) {
    return is_negative(bytes) ? -HUGE_VAL : HUGE_VAL;
  }
  std::uint64_t high = 0;
  bool has_more = false;
  for (std::size_t i = bits; i-- > 0;) {
    const bool bit = (words[i / 32] >> (i % 32) & 1U) != 0;
    if (bits - i <= 64) {
      high = high << 1U | (bit ? 1U : 0U);
    } else {
      has_more = has_more || bit;
    }
  }
  high |= has_more ? 1U : 0U;
  const int exponent = bits > 64 ? static_cast<int>(bits - 64) : 0;
  const double value = std::ldexp(static_cast<double>(high), exponent);
  return is_negative(bytes) ? -value : value;
}

std::string bytes_of_integral(double value) {
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  if (exponent <= 0) {
    return {};
  }
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  const int shift = exponent - 53;
  if (shift < 0) {
    mantissa >>= static_cast<unsigned>(-shift);
  }
  std::vector<std::uint32_t> words(static_cast<std::size_t>(exponent) / 32 + 2);
  for (unsigned bit = 0; bit < 53; ++bit) {
    if ((mantissa >> bit & 1U) != 0) {
      const std::size_t at = bit + static_cast<std::size_t>(std::max(shift, 0));
      words[at / 32] |= 1U << (at % 32);
    }
  }
  return bytes_of_magnitude(words, value < 0);
}

}  // namespace progeny::pickle::detail
