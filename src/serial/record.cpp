#include "serial/record.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

namespace progeny::serial::detail {

namespace {

constexpr unsigned bits_per_byte = 7;
constexpr std::uint64_t low_bits = 0x7f;
constexpr std::uint64_t another_follows = 0x80;

}  // namespace

void RecordWriter::number(std::uint64_t value) {
  while (value > low_bits) {
    bytes_ += static_cast<char>((value & low_bits) | another_follows);
    value >>= bits_per_byte;
  }
  bytes_ += static_cast<char>(value);
}

void RecordWriter::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

void RecordWriter::optional_text(const std::optional<std::string>& value) {
  flag(value.has_value());
  if (value) {
    text(*value);
  }
}

std::uint64_t RecordReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += bits_per_byte) {
    if (offset_ == bytes_.size()) {
      fail("a number is cut off");
    }
    const auto byte = static_cast<unsigned char>(bytes_[offset_++]);
    const std::uint64_t bits = byte & low_bits;
    if ((bits << shift) >> shift != bits) {
      break;
    }
    value |= bits << shift;
    if (byte < another_follows) {
      return value;
    }
  }
  fail("a number has more than 64 bits");
}

std::uint64_t RecordReader::number_up_to(std::uint64_t limit) {
  const std::uint64_t value = number();
  if (value > limit) {
    fail(fmt::format("a number is {} but may be {} at most", value, limit));
  }
  return value;
}

std::string_view RecordReader::text() {
  const std::uint64_t size = number();
  const std::size_t left = bytes_.size() - offset_;
  if (size > left) {
    fail(fmt::format("a text of {} bytes is announced, {} bytes are left", size, left));
  }
  const std::string_view value = bytes_.substr(offset_, static_cast<std::size_t>(size));
  offset_ += value.size();
  return value;
}

std::optional<std::string> RecordReader::optional_text() {
  if (!flag()) {
    return std::nullopt;
  }
  return std::string(text());
}

void RecordReader::expect_end() const {
  if (offset_ != bytes_.size()) {
    fail("the record ends here, but bytes are left");
  }
}

void RecordReader::fail(std::string_view what) const {
  throw ValueError(fmt::format("byte {} of {}: {}", offset_, bytes_.size(), what));
}

}  // namespace progeny::serial::detail
