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

}  // namespace

Encoder::Encoder(TextFormat format, std::string_view line_end)
    : format_(std::move(format)), line_end_(line_end) {
  codec_ = make_codec(format_, CodecDirection::encode);
}

bool Encoder::is_passthrough(std::string_view text) const noexcept {
  if (codec_ || (format_.has_signature && at_start_)) {
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
    if (codec_) {
      codec_->reset();
    }
    throw;
  }
  if (codec_) {
    codec_->finish(encoded);
  }
  at_start_ = at_start_ && text.empty();
  bytes += encoded;
}

void Encoder::encode_whole(std::string_view text, std::string& bytes) {
  if (codec_) {
    codec_->begin(bytes);
  }
  encode(text, bytes);
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
    static_cast<void>(append_plain(line_end_, bytes));
    rest.remove_prefix(end + 1);
  }
}

// Returns false if the encoding lacks one of the characters.
bool Encoder::append_plain(std::string_view ascii, std::string& bytes) {
  if (!codec_) {
    bytes += ascii;
    return true;
  }
  while (!ascii.empty()) {
    const std::size_t done = codec_->encode(ascii, bytes);
    if (done == 0) {
      return false;
    }
    ascii.remove_prefix(done);
  }
  return true;
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
  if (!codec_) {
    bytes += text;
    return text.size();
  }
  return text.empty() ? 0 : codec_->encode(text, bytes);
}

bool Encoder::pass_surrogate(std::uint32_t code, std::string& bytes) {
  if (!is_surrogate(code)) {
    return false;
  }
  if (codec_) {
    return codec_->encode_surrogate(code, bytes);
  }
  append_utf8(bytes, code);
  return true;
}

// Appends what stands for a character that the encoding lacks. Returns false if nothing does.
bool Encoder::substitute(std::uint32_t code, std::string& bytes) {
  constexpr std::uint32_t first_escape = 0xdc80;
  constexpr std::uint32_t last_escape = 0xdcff;
  switch (format_.errors) {
    case ErrorPolicy::ignore:
      return true;
    case ErrorPolicy::replace:
      return append_plain("?", bytes);
    case ErrorPolicy::backslashreplace:
      return append_plain(escaped(code), bytes);
    case ErrorPolicy::xmlcharrefreplace:
      return append_plain(fmt::format("&#{};", code), bytes);
    case ErrorPolicy::surrogatepass:
      return pass_surrogate(code, bytes);
    case ErrorPolicy::surrogateescape:
      // A single byte among units of two or four would put all that follows out of step.
      if (code < first_escape || code > last_escape || (codec_ && codec_->unit() != 1)) {
        return false;
      }
      bytes += static_cast<char>(code & 0xffU);
      return true;
    case ErrorPolicy::strict:
      break;
  }
  return false;
}

void Encoder::handle_error(std::string_view text, std::string_view whole, std::string& bytes) {
  const auto [code, length] = utf8_character(text);
  if (substitute(code, bytes)) {
    return;
  }
  const std::string_view before =
      whole.substr(0, static_cast<std::size_t>(text.data() - whole.data()));
  throw UnicodeEncodeError(codec_ ? codec_->name() : "utf-8",
                           is_surrogate(code) ? escaped(code) : std::string(text.substr(0, length)),
                           count_written_characters(before),
                           codec_ ? codec_->encode_reason() : "surrogates not allowed");
}

std::size_t count_written_characters(std::string_view text) noexcept {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t valid = valid_utf8_prefix(text);
    count += count_characters(text.substr(0, valid));
    text.remove_prefix(valid);
    if (!text.empty()) {
      ++count;
      text.remove_prefix(utf8_character(text).length);
    }
  }
  return count;
}

}  // namespace progeny::subprocess::detail
