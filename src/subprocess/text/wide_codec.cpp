// UTF-16 and UTF-32, in the byte order that their name or a mark gives.

#include "subprocess/text/codec.hpp"
#include "subprocess/text/utf8.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace progeny::subprocess::detail {

namespace {

constexpr std::uint32_t byte_order_mark = 0xfeff;
constexpr std::uint32_t first_supplementary = 0x10000;
constexpr std::uint32_t last_code = 0x10ffff;
constexpr std::uint32_t first_high = 0xd800;
constexpr std::uint32_t first_low = 0xdc00;
constexpr std::uint32_t last_low = 0xdfff;

bool is_surrogate(std::uint32_t code) noexcept {
  return code >= first_high && code <= last_low;
}
bool is_high(std::uint32_t code) noexcept {
  return code >= first_high && code < first_low;
}
bool is_low(std::uint32_t code) noexcept {
  return code >= first_low && code <= last_low;
}

class WideCodec final : public Codec {
 public:
  WideCodec(std::string_view python, bool surrogates, CodecDirection direction) noexcept
      : unit_(python.starts_with("utf-16") ? 2 : 4),
        is_big_(python.ends_with("-be") ||
                (!python.ends_with("-le") && std::endian::native == std::endian::big)),
        is_marked_(!python.ends_with("-be") && !python.ends_with("-le")),
        is_reading_(direction == CodecDirection::decode),
        surrogates_(surrogates) {}

  DecodeStop decode(std::string_view bytes, std::string& text) override {
    std::size_t at = read_mark(bytes);
    while (at < bytes.size()) {
      const DecodeStop stop = decode_one(bytes.substr(at), text);
      at += stop.consumed;
      if (stop.error != 0) {
        return {.consumed = at,
                .error = stop.error,
                .incomplete = stop.incomplete,
                .reason = stop.reason};
      }
    }
    return {.consumed = at};
  }

  std::size_t encode(std::string_view text, std::string& bytes) override {
    for (std::size_t at = 0; at < text.size();) {
      const Utf8Character character = utf8_character(text.substr(at));
      append(character.code, bytes);
      at += character.length;
    }
    return text.size();
  }

  bool encode_surrogate(std::uint32_t code, std::string& bytes) override {
    append_unit(code, bytes);
    return true;
  }

  void begin(std::string& bytes) override {
    if (is_marked_) {
      append_unit(byte_order_mark, bytes);
      has_mark_ = true;
    }
  }

  [[nodiscard]] std::string_view name() const noexcept override {
    if (!is_reading_ && has_mark_) {
      return unit_ == 2 ? "utf-16" : "utf-32";
    }
    if (unit_ == 2) {
      return is_big_ ? "utf-16-be" : "utf-16-le";
    }
    return is_big_ ? "utf-32-be" : "utf-32-le";
  }
  [[nodiscard]] const char* encode_reason() const noexcept override {
    return "surrogates not allowed";
  }
  [[nodiscard]] std::size_t unit() const noexcept override { return unit_; }

 private:
  [[nodiscard]] std::uint32_t unit_at(std::string_view bytes, std::size_t at) const noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < unit_; ++i) {
      const std::size_t place = is_big_ ? i : unit_ - 1 - i;
      value = (value << 8U) | static_cast<unsigned char>(bytes[at + place]);
    }
    return value;
  }

  void append_unit(std::uint32_t value, std::string& bytes) const {
    for (std::size_t i = 0; i < unit_; ++i) {
      const std::size_t place = is_big_ ? unit_ - 1 - i : i;
      bytes += static_cast<char>((value >> (8 * place)) & 0xffU);
    }
  }

  void append(std::uint32_t code, std::string& bytes) const {
    if (unit_ == 4 || code < first_supplementary) {
      append_unit(code, bytes);
      return;
    }
    append_unit(first_high + ((code - first_supplementary) >> 10U), bytes);
    append_unit(first_low + ((code - first_supplementary) & 0x3ffU), bytes);
  }

  // Read in the wrong order, the mark is no character. So one look tells the order. Without a mark
  // it is the machine's.
  std::size_t read_mark(std::string_view bytes) noexcept {
    if (!is_marked_ || has_mark_ || bytes.size() < unit_) {
      return 0;
    }
    has_mark_ = true;
    for (const bool is_big : {is_big_, !is_big_}) {
      const bool before = std::exchange(is_big_, is_big);
      if (unit_at(bytes, 0) == byte_order_mark) {
        return unit_;
      }
      is_big_ = before;
    }
    return 0;
  }

  DecodeStop decode_one(std::string_view bytes, std::string& text) const {
    if (bytes.size() < unit_) {
      return {.error = bytes.size(), .incomplete = true, .reason = "truncated data"};
    }
    const std::uint32_t code = unit_at(bytes, 0);
    if (unit_ == 4 && code > last_code) {
      return {.error = unit_, .reason = "code point not in range(0x110000)"};
    }
    if (!is_surrogate(code)) {
      append_utf8(text, code);
      return {.consumed = unit_};
    }
    return unit_ == 4 ? lone(code, "code point in surrogate code point range(0xd800, 0xe000)", text)
                      : decode_pair(bytes, code, text);
  }

  [[nodiscard]] DecodeStop decode_pair(std::string_view bytes,
                                       std::uint32_t code,
                                       std::string& text) const {
    if (!is_high(code)) {
      return lone(code, "illegal encoding", text);
    }
    if (bytes.size() < 2 * unit_) {
      return {.error = bytes.size(), .incomplete = true, .reason = "unexpected end of data"};
    }
    const std::uint32_t second = unit_at(bytes, unit_);
    if (!is_low(second)) {
      return lone(code, "illegal UTF-16 surrogate", text);
    }
    append_utf8(text, first_supplementary + ((code - first_high) << 10U) + (second - first_low));
    return {.consumed = 2 * unit_};
  }

  DecodeStop lone(std::uint32_t code, const char* reason, std::string& text) const {
    if (!surrogates_) {
      return {.error = unit_, .reason = reason};
    }
    append_utf8(text, code);
    return {.consumed = unit_};
  }

  std::size_t unit_;
  bool is_big_;
  bool is_marked_;  // A whole text begins with a byte order mark.
  bool is_reading_;
  bool surrogates_;        // Lone ones are characters.
  bool has_mark_ = false;  // The mark has been written, or looked for.
};

}  // namespace

bool is_wide(std::string_view python) noexcept {
  return python.starts_with("utf-16") || python.starts_with("utf-32");
}

std::unique_ptr<Codec> make_wide_codec(std::string_view python,
                                       bool surrogates,
                                       CodecDirection direction) {
  return std::make_unique<WideCodec>(python, surrogates, direction);
}

}  // namespace progeny::subprocess::detail
