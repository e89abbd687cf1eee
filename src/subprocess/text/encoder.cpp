#include "subprocess/text/text.hpp"
#include "subprocess/text/utf8.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace progeny::subprocess::detail {

namespace {

constexpr std::string_view signature = "\xef\xbb\xbf";

bool is_surrogate(std::uint32_t code) noexcept {
  return code >= 0xd800 && code <= 0xdfff;
}

std::string escaped(std::uint32_t code) {
  if (code <= 0xff) {
    return fmt::format("\\x{:02x}", code);
  }
  return code <= 0xffff ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
}

// In these encodings a return to the initial state would write the byte order mark again.
bool has_byte_order_mark(std::string_view encoding) noexcept {
  return encoding == "utf-16" || encoding == "utf-32";
}

}  // namespace

Encoder::Encoder(TextFormat format, std::string_view line_end)
    : format_(std::move(format)), line_end_(line_end) {
  if (!format_.charset.empty()) {
    converter_.emplace(format_.charset, platform::CharsetDirection::from_utf8);
  }
}

bool Encoder::is_passthrough(std::string_view text) const noexcept {
  if (converter_ || (format_.has_signature && at_start_)) {
    return false;
  }
  const bool changes_lines = line_end_ != "\n" && text.find('\n') != std::string_view::npos;
  return !changes_lines && valid_utf8_prefix(text) == text.size();
}

void Encoder::encode(std::string_view text, std::string& bytes) {
  std::string encoded;
  try {
    if (format_.has_signature && at_start_ && !text.empty()) {
      encoded = signature;
    }
    encode_lines(text, encoded);
  } catch (...) {
    // The bytes that changed the shift state, or marked the byte order, were not written.
    if (converter_ && (at_start_ || !has_byte_order_mark(format_.encoding))) {
      converter_->reset();
    }
    throw;
  }
  if (converter_ && !has_byte_order_mark(format_.encoding)) {
    converter_->finish(encoded);
  }
  at_start_ = at_start_ && text.empty();
  bytes += encoded;
}

void Encoder::encode_lines(std::string_view text, std::string& bytes) {
  if (line_end_ == "\n") {
    encode_characters(text, text, bytes);
    return;
  }
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    encode_characters(rest.substr(0, end), text, bytes);
    if (end == std::string_view::npos) {
      return;
    }
    append_plain(line_end_, bytes);
    rest.remove_prefix(end + 1);
  }
}

void Encoder::append_plain(std::string_view ascii, std::string& bytes) {
  if (converter_) {
    converter_->convert(ascii, bytes);
  } else {
    bytes += ascii;
  }
}

// `text` is a part of `whole`, which only error messages count in.
void Encoder::encode_characters(std::string_view text, std::string_view whole, std::string& bytes) {
  std::size_t valid = valid_utf8_prefix(text);
  while (!text.empty()) {
    std::size_t done = convert(text.substr(0, valid), bytes);
    if (done == 0) {
      handle_error(text, whole, bytes);
      done = utf8_character(text).length;
    }
    text.remove_prefix(done);
    valid = done < valid ? valid - done : valid_utf8_prefix(text);
  }
}

// How many bytes of `text`, which is valid, were converted. 0 if its first character cannot be.
std::size_t Encoder::convert(std::string_view text, std::string& bytes) {
  if (!converter_) {
    bytes += text;
    return text.size();
  }
  if (format_.one_by_one) {
    return convert_alone(text.substr(0, utf8_character(text).length), bytes);
  }
  // glibc's iconv(3) silently drops the tag characters U+E0000 to U+E007F where the encoding lacks
  // them, and reports success. So each goes alone, and the result is looked at.
  constexpr std::string_view tag_lead = "\xf3\xa0";
  if (!text.starts_with(tag_lead)) {
    // In pieces, so that a text full of errors is not searched to its end after each of them.
    constexpr std::size_t piece = 256;  // Characters, of at most four bytes.
    const std::string_view next =
        text.substr(0, prefix_of_characters(text.substr(0, 4 * piece), piece));
    return converter_->convert(next.substr(0, next.find(tag_lead)), bytes).consumed;
  }
  const std::size_t before = bytes.size();
  const std::size_t done = converter_->convert(text.substr(0, 4), bytes).consumed;
  return bytes.size() == before ? 0 : done;
}

// A joined letter would come out as two: the letter and its accent.
std::size_t Encoder::convert_alone(std::string_view text, std::string& bytes) {
  std::string encoded;
  const std::size_t done = converter_->convert(text, encoded).consumed;
  if (encoded.size() != 1) {
    return 0;
  }
  bytes += encoded;
  return done;
}

const char* Encoder::reason_for(std::uint32_t code) const noexcept {
  if (format_.encoding == "ascii") {
    return "ordinal not in range(128)";
  }
  if (format_.encoding == "latin-1") {
    return "ordinal not in range(256)";
  }
  return is_surrogate(code) ? "surrogates not allowed" : "character maps to <undefined>";
}

void Encoder::handle_error(std::string_view text, std::string_view whole, std::string& bytes) {
  constexpr std::uint32_t first_escape = 0xdc80;
  constexpr std::uint32_t last_escape = 0xdcff;
  const auto [code, length] = utf8_character(text);
  const bool is_escape = code >= first_escape && code <= last_escape;
  switch (format_.errors) {
    case ErrorPolicy::ignore:
      return;
    case ErrorPolicy::replace:
      append_plain("?", bytes);
      return;
    case ErrorPolicy::backslashreplace:
      append_plain(escaped(code), bytes);
      return;
    case ErrorPolicy::surrogateescape:
      // A single byte among units of two or four would put all that follows out of step.
      if (is_escape && unit_size(format_.encoding) == 1) {
        bytes += static_cast<char>(code & 0xffU);
        return;
      }
      break;
    case ErrorPolicy::strict:
      break;
  }
  const std::string_view before =
      whole.substr(0, static_cast<std::size_t>(text.data() - whole.data()));
  throw UnicodeEncodeError(format_.has_signature ? "utf-8" : format_.encoding,
                           is_surrogate(code) ? escaped(code) : std::string(text.substr(0, length)),
                           count_characters(before),
                           reason_for(code));
}

}  // namespace progeny::subprocess::detail
