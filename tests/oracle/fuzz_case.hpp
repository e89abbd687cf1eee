#pragma once

// A random case that Python and progeny are both asked. Its text form is one line, which both read:
//
//   read encoding=cp1255 errors=replace data=61*4095,ff8a steps=readline:7,read
//
// `data` and its like list bytes in hex, each part with a count of repetitions.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::testing {

/// One question.
struct FuzzCase {
  /// `read`, `write`, `communicate`, `start` or `convert`.
  std::string kind;
  /// What it is about. A field that is missing has Python's default.
  std::map<std::string, std::string> fields;

  [[nodiscard]] bool has(const std::string& name) const { return fields.contains(name); }
  [[nodiscard]] std::string get(const std::string& name, const std::string& otherwise = {}) const {
    const auto found = fields.find(name);
    return found == fields.end() ? otherwise : found->second;
  }
};

[[nodiscard]] std::string to_line(const FuzzCase& fuzz_case);
[[nodiscard]] FuzzCase from_line(const std::string& line);

/// The parts between separators. Nothing for an empty text.
[[nodiscard]] std::vector<std::string> split(const std::string& text, char separator);
/// Bytes as `6162`, and back.
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::string from_hex(std::string_view hex);
/// The bytes that `61*4095,ff8a` stands for.
[[nodiscard]] std::string expand(const std::string& parts);

/// A result, shortened if it is long.
[[nodiscard]] std::string shown(std::string_view data);
/// Whether the case is about text.
[[nodiscard]] bool is_text(const FuzzCase& fuzz_case);
/// A field that may be missing.
[[nodiscard]] std::optional<std::string> optional(const FuzzCase& fuzz_case,
                                                  const std::string& name);

/// What progeny does with a child.
[[nodiscard]] std::string communicate_answer(const FuzzCase& fuzz_case);
[[nodiscard]] std::string start_answer(const FuzzCase& fuzz_case);

/// What progeny does. Exactly one line, as Python's answer.
[[nodiscard]] std::string fuzz_answer(const FuzzCase& fuzz_case);

/// A part of a text in some encoding.
struct Letter {
  std::string text;   ///< In UTF-8. Empty for bytes that are not text.
  std::string bytes;  ///< In the encoding. Empty for a character that it lacks.
};

/// An encoding, and what texts in it are made of.
struct FuzzEncoding {
  std::string name;
  std::vector<Letter> letters;
};

/// Makes cases. The same seed makes the same ones.
class FuzzGenerator {
 public:
  FuzzGenerator(std::uint64_t seed, std::vector<FuzzEncoding> encodings);
  [[nodiscard]] FuzzCase next();

 private:
  using Pick = const std::vector<std::string>&;
  [[nodiscard]] std::size_t below(std::size_t limit);
  [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 0; }
  [[nodiscard]] const std::string& any(Pick values) { return values[below(values.size())]; }
  [[nodiscard]] const FuzzEncoding& any_encoding();
  const FuzzEncoding& choose_text_mode(FuzzCase& fuzz_case);
  [[nodiscard]] std::string padding(const std::string& unit);
  [[nodiscard]] std::string encoded(const FuzzEncoding& encoding);
  [[nodiscard]] std::string text(const FuzzEncoding& encoding);
  [[nodiscard]] std::string chunks();
  [[nodiscard]] std::string reading_steps();
  [[nodiscard]] std::string odd_bytes(std::size_t most);
  [[nodiscard]] FuzzCase read_case();
  [[nodiscard]] FuzzCase write_case();
  [[nodiscard]] FuzzCase communicate_case();
  [[nodiscard]] FuzzCase start_case();

  std::mt19937_64 random_;
  std::vector<FuzzEncoding> encodings_;
};

/// Random letters and errors of an encoding, as `convert` cases for both to judge.
[[nodiscard]] std::vector<FuzzCase> letter_cases(std::uint64_t seed, const std::string& encoding);

}  // namespace progeny::testing
