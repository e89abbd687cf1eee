// What texts are made of.

#include "fuzz_case.hpp"

#include <array>
#include <functional>
#include <utility>

namespace progeny::testing {

namespace {

// First and last character of what texts are taken from.
constexpr std::array<std::pair<char32_t, char32_t>, 24> ranges{{
    {0x20, 0x7e},     {0x0, 0x1f},      {0x7f, 0xff},       {0x100, 0x17f},     {0x2b0, 0x36f},
    {0x370, 0x3ff},   {0x400, 0x45f},   {0x5b0, 0x5ea},     {0x60c, 0x652},     {0xe01, 0xe5b},
    {0x1e00, 0x1eff}, {0x2010, 0x203f}, {0x20a0, 0x20bf},   {0x2190, 0x22ff},   {0x2500, 0x25ff},
    {0x3000, 0x30ff}, {0x4e00, 0x9fa5}, {0xac00, 0xd7a3},   {0xd800, 0xdfff},   {0xe000, 0xf8ff},
    {0xfe10, 0xff9f}, {0xfff9, 0xffff}, {0x1f300, 0x1f64f}, {0xe0000, 0xe007f},
}};

// In UTF-8, a surrogate too.
std::string utf8(char32_t code) {
  const auto tail = [code](unsigned shift) {
    return static_cast<char>(0x80U | ((code >> shift) & 0x3fU));
  };
  if (code < 0x80) {
    return {static_cast<char>(code)};
  }
  if (code < 0x800) {
    return {static_cast<char>(0xc0U | (code >> 6U)), tail(0)};
  }
  if (code < 0x10000) {
    return {static_cast<char>(0xe0U | (code >> 12U)), tail(6), tail(0)};
  }
  return {static_cast<char>(0xf0U | (code >> 18U)), tail(12), tail(6), tail(0)};
}

}  // namespace

std::vector<FuzzCase> letter_cases(std::uint64_t seed, const std::string& encoding) {
  constexpr int count = 36;
  std::mt19937_64 random(seed ^ std::hash<std::string>()(encoding));
  std::vector<FuzzCase> cases;
  for (int i = 0; i < count; ++i) {
    const auto [first, last] = ranges.at(random() % ranges.size());
    const auto code = first + static_cast<char32_t>(random() % (last - first + 1));
    cases.push_back({"convert", {{"encoding", encoding}, {"letter", to_hex(utf8(code))}}});
  }
  for (int i = 0; i < count; ++i) {
    std::string bytes;
    for (std::size_t length = 1 + (random() % 4); length > 0; --length) {
      bytes += static_cast<char>(random() % 3 == 0 ? random() % 0x80 : 0x80 + (random() % 0x80));
    }
    // A space belongs to no character of two bytes, so it ends what the bytes may have begun.
    cases.push_back({"convert", {{"encoding", encoding}, {"data", to_hex(bytes + ' ')}}});
  }
  return cases;
}

}  // namespace progeny::testing
