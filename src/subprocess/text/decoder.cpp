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

std::size_t escapable_prefix(std::string_view bytes) noexcept {
  return static_cast<std::size_t>(
      std::ranges::find_if(bytes,
                           [](char byte) { return static_cast<unsigned char>(byte) < 0x80; }) -
      bytes.begin());
}

}  // namespace

Decoder::Decoder(TextFormat format) : format_(std::move(format)) {
  codec_ = make_codec(format_, CodecDirection::decode);
}

void Decoder::decode(std::string_view bytes, bool is_last, std::string& text) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::exchange(pending_, {}).append(bytes);
    bytes = joined;
  }
  if (codec_) {
    decode_by(*codec_, bytes, is_last, text);
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
    if (const std::size_t length = surrogate_prefix(bytes);
        length != 0 && format_.errors == ErrorPolicy::surrogatepass) {
      if (length < 3 && !is_last) {
        pending_ = bytes;
        return;
      }
      if (length == 3) {
        after_cr_ = false;
        text += bytes.substr(0, length);
        position_ += length;
        bytes.remove_prefix(length);
        continue;
      }
    }
    const Utf8Error error = utf8_error(bytes);
    if (error.incomplete && !is_last) {
      pending_ = bytes;
      return;
    }
    pass_error(bytes, error.length, error.reason, text);
  }
}

void Decoder::decode_by(Codec& codec, std::string_view bytes, bool is_last, std::string& text) {
  while (!bytes.empty()) {
    std::string decoded;
    const DecodeStop stop = codec.decode(bytes, decoded);
    append_lines(decoded, text);
    position_ += stop.consumed;
    bytes.remove_prefix(stop.consumed);
    if (stop.incomplete && !is_last) {
      pending_ = bytes;
      return;
    }
    if (stop.error != 0) {
      pass_error(bytes, stop.error, stop.reason, text);
    }
  }
}

void Decoder::pass_error(std::string_view& bytes,
                         std::size_t length,
                         const char* reason,
                         std::string& text) {
  try {
    const std::size_t passed = handle_error(bytes.substr(0, length), reason, text);
    position_ += passed;
    bytes.remove_prefix(passed);
  } catch (...) {
    position_ += length;
    pending_ = bytes.substr(length);  // Where the next call goes on.
    throw;
  }
}

// Returns how much of `offending` has been dealt with. As in Python, an ASCII byte, which no
// surrogate can stand for, ends what `surrogateescape` takes.
std::size_t Decoder::handle_error(std::string_view offending,
                                  const char* reason,
                                  std::string& text) {
  switch (format_.errors) {
    case ErrorPolicy::ignore:
      return offending.size();
    case ErrorPolicy::replace:
      after_cr_ = false;
      append_utf8(text, replacement_character);
      return offending.size();
    case ErrorPolicy::backslashreplace:
      after_cr_ = false;
      for (const char byte : offending) {
        text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
      return offending.size();
    case ErrorPolicy::surrogateescape:
      if (const std::size_t length = escapable_prefix(offending); length != 0) {
        after_cr_ = false;
        for (const char byte : offending.substr(0, length)) {
          append_utf8(text, 0xdc00U + static_cast<unsigned char>(byte));
        }
        return length;
      }
      break;
    case ErrorPolicy::strict:
    case ErrorPolicy::surrogatepass:
    case ErrorPolicy::xmlcharrefreplace:
      break;
  }
  throw UnicodeDecodeError(codec_ ? codec_->name() : "utf-8", offending, position_, reason);
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
