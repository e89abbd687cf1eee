#include "subprocess/text/text.hpp"
#include "subprocess/text/utf8.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace progeny::subprocess::detail {

namespace {

constexpr std::string_view signature = "\xef\xbb\xbf";
constexpr std::uint32_t replacement_character = 0xfffd;

const char* charset_reason(const std::string& encoding) {
  return encoding == "ascii" ? "ordinal not in range(128)" : "illegal multibyte sequence";
}

}  // namespace

Decoder::Decoder(TextFormat format) : format_(std::move(format)) {
  if (!format_.charset.empty()) {
    converter_.emplace(format_.charset, platform::CharsetDirection::to_utf8);
  }
}

void Decoder::decode(std::string_view bytes, bool is_last, std::string& text) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::exchange(pending_, {}).append(bytes);
    bytes = joined;
  }
  if (converter_) {
    decode_charset(*converter_, bytes, is_last, text);
  } else {
    decode_utf8(skip_signature(bytes, is_last), is_last, text);
  }
}

std::string_view Decoder::skip_signature(std::string_view bytes, bool is_last) {
  if (!format_.has_signature || !at_start_) {
    return bytes;
  }
  const bool undecided = bytes.size() < signature.size() && signature.starts_with(bytes);
  if (undecided && !is_last) {
    pending_ = bytes;
    return {};
  }
  at_start_ = false;
  if (bytes.starts_with(signature)) {
    bytes.remove_prefix(signature.size());
    position_ += signature.size();
  }
  return bytes;
}

void Decoder::decode_utf8(std::string_view bytes, bool is_last, std::string& text) {
  while (!bytes.empty()) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    append_lines(bytes.substr(0, valid), text);
    position_ += valid;
    bytes.remove_prefix(valid);
    if (bytes.empty()) {
      return;
    }
    const Utf8Error error = utf8_error(bytes);
    if (error.incomplete && !is_last) {
      pending_ = bytes;
      return;
    }
    pass_error(bytes, error.length, error.reason, text);
  }
}

void Decoder::decode_charset(platform::CharsetConverter& converter,
                             std::string_view bytes,
                             bool is_last,
                             std::string& text) {
  while (!bytes.empty()) {
    std::string decoded;
    const auto result = convert(converter, bytes, decoded);
    append_lines(decoded, text);
    position_ += result.consumed;
    bytes.remove_prefix(result.consumed);
    if (result.stop == platform::CharsetStop::all) {
      return;
    }
    const bool incomplete = result.stop == platform::CharsetStop::incomplete;
    if (incomplete && !is_last) {
      pending_ = bytes;
      return;
    }
    const std::size_t length =
        incomplete ? bytes.size() : std::min(unit_size(format_.encoding), bytes.size());
    pass_error(
        bytes, length, incomplete ? "truncated data" : charset_reason(format_.encoding), text);
  }
}

platform::CharsetConverter::Result Decoder::convert(platform::CharsetConverter& converter,
                                                    std::string_view bytes,
                                                    std::string& decoded) const {
  if (!format_.one_by_one) {
    return converter.convert(bytes, decoded);
  }
  platform::CharsetConverter::Result result;
  while (result.consumed < bytes.size() && result.stop == platform::CharsetStop::all) {
    const auto one = converter.convert(bytes.substr(result.consumed, 1), decoded);
    converter.finish(decoded);  // The letter that it may hold back.
    result.consumed += one.consumed;
    result.stop = one.stop;
  }
  return result;
}

void Decoder::pass_error(std::string_view& bytes,
                         std::size_t length,
                         const char* reason,
                         std::string& text) {
  const std::string_view offending = bytes.substr(0, length);
  bytes.remove_prefix(length);
  try {
    handle_error(offending, reason, text);
  } catch (...) {
    pending_ = bytes;  // Where the next call goes on.
    throw;
  }
}

void Decoder::handle_error(std::string_view offending, const char* reason, std::string& text) {
  const std::size_t start = std::exchange(position_, position_ + offending.size());
  // A byte below 0x80 has no surrogate that could stand for it.
  const bool can_escape = std::ranges::all_of(
      offending, [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; });
  if (format_.errors == ErrorPolicy::strict ||
      (format_.errors == ErrorPolicy::surrogateescape && !can_escape)) {
    throw UnicodeDecodeError(
        format_.has_signature ? "utf-8" : format_.encoding, offending, start, reason);
  }
  if (format_.errors == ErrorPolicy::ignore) {
    return;
  }
  after_cr_ = false;
  if (format_.errors == ErrorPolicy::replace) {
    append_utf8(text, replacement_character);
    return;
  }
  for (const char byte : offending) {
    const auto value = static_cast<unsigned char>(byte);
    if (format_.errors == ErrorPolicy::surrogateescape) {
      append_utf8(text, 0xdc00U + value);
    } else {
      text += fmt::format("\\x{:02x}", value);
    }
  }
}

// A CR becomes `\n` at once, before it is known whether a LF follows. So a reader of lines does not
// wait for one more byte.
void Decoder::append_lines(std::string_view decoded, std::string& text) {
  while (!decoded.empty()) {
    if (std::exchange(after_cr_, false) && decoded.front() == '\n') {
      decoded.remove_prefix(1);
    }
    const std::size_t end = std::min(decoded.find('\r'), decoded.size());
    text.append(decoded.substr(0, end));
    decoded.remove_prefix(end);
    if (!decoded.empty()) {
      text += '\n';
      after_cr_ = true;
      decoded.remove_prefix(1);
    }
  }
}

std::size_t unit_size(std::string_view encoding) noexcept {
  if (encoding.starts_with("utf-16")) {
    return 2;
  }
  return encoding.starts_with("utf-32") ? 4 : 1;
}

std::size_t count_characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

std::size_t prefix_of_characters(std::string_view text, std::size_t count) noexcept {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80U;
    if (begins && seen++ == count) {
      return at;
    }
  }
  return at;
}

}  // namespace progeny::subprocess::detail
