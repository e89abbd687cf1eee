#pragma once

// The format of the small records of this folder (tokens of functions, exceptions): numbers of
// variable length, and texts with their lengths in front. Private to src/serial.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace progeny::serial::detail {

class RecordWriter {
 public:
  /// Seven bits a byte, the lowest first; the top bit says that another byte follows.
  void number(std::uint64_t value);
  void flag(bool value) { number(value ? 1 : 0); }
  void text(std::string_view value);
  /// Whether there is one, and the text.
  void optional_text(const std::optional<std::string>& value);

  [[nodiscard]] const std::string& bytes() const& noexcept { return bytes_; }
  [[nodiscard]] std::string bytes() && noexcept { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what RecordWriter wrote. The bytes may come from anywhere; no memory is taken that they do
/// not fill.
/// - Throws: ValueError with the offset, from each method, if the bytes are not what it expects.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] std::uint64_t number();
  /// A number that is at most `limit`.
  [[nodiscard]] std::uint64_t number_up_to(std::uint64_t limit);
  [[nodiscard]] bool flag() { return number_up_to(1) == 1; }
  /// A view into the bytes.
  [[nodiscard]] std::string_view text();
  [[nodiscard]] std::optional<std::string> optional_text();
  /// - Throws: ValueError if bytes are left.
  void expect_end() const;

 private:
  [[noreturn]] void fail(std::string_view what) const;

  std::string_view bytes_;
  std::size_t offset_ = 0;
};

}  // namespace progeny::serial::detail
