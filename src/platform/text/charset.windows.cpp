// Every conversion goes through UTF-16 here: the system converts each code page, UTF-8 among them,
// to it and from it. UTF-16 and UTF-32 as sequences of bytes are converted in this file.

#include "platform/text/charset.hpp"

#include "platform/system/win32.windows.hpp"
#include "platform/text/code_pages.windows.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace progeny::platform {

namespace {

unsigned char byte_at(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<unsigned char>(bytes[at]);
}

constexpr std::uint32_t first_supplementary = 0x10000;
constexpr std::uint32_t last_code = 0x10ffff;
constexpr std::uint32_t byte_order_mark = 0xfeff;

bool is_high_surrogate(std::uint32_t code) noexcept {
  return code >= HIGH_SURROGATE_START && code <= HIGH_SURROGATE_END;
}

bool is_low_surrogate(std::uint32_t code) noexcept {
  return code >= LOW_SURROGATE_START && code <= LOW_SURROGATE_END;
}

// One character set. Whole characters are converted; the result is nothing if one of them has no
// counterpart.
class Codec {
 public:
  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  virtual ~Codec() = default;

  // The length of the first character in bytes; 0 if it does not end within `bytes`.
  [[nodiscard]] virtual std::size_t length(std::string_view bytes) const noexcept = 0;
  [[nodiscard]] virtual std::optional<std::wstring> decode(std::string_view bytes) const = 0;
  [[nodiscard]] virtual std::optional<std::string> encode(std::wstring_view text) const = 0;

  // The length of the byte order mark at the front; 0 if there is none.
  virtual std::size_t read_mark(std::string_view /*bytes*/) noexcept { return 0; }
  virtual void write_mark(std::string& /*bytes*/) {}
  virtual void reset() noexcept {}
};

// By a table of our own: the system's reads bytes without a meaning, and writes lookalikes.
class SingleByteCodec final : public Codec {
 public:
  explicit SingleByteCodec(const CodePage& page) {
    for (std::size_t byte = 0; byte < characters_.size(); ++byte) {
      const auto character = character_of(static_cast<unsigned char>(byte), page);
      characters_[byte] = character;
      if (character) {
        bytes_.emplace(*character, static_cast<char>(byte));
      }
    }
  }

  [[nodiscard]] std::size_t length(std::string_view /*bytes*/) const noexcept override { return 1; }

  [[nodiscard]] std::optional<std::wstring> decode(std::string_view bytes) const override {
    std::wstring text;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      const auto character = characters_[byte_at(bytes, at)];
      if (!character) {
        return std::nullopt;
      }
      text += *character;
    }
    return text;
  }

  [[nodiscard]] std::optional<std::string> encode(std::wstring_view text) const override {
    std::string bytes;
    for (const wchar_t character : text) {
      const auto found = bytes_.find(character);
      if (found == bytes_.end()) {
        return std::nullopt;
      }
      bytes += found->second;
    }
    return bytes;
  }

 private:
  std::array<std::optional<wchar_t>, 256> characters_{};
  std::unordered_map<wchar_t, char> bytes_;
};

// By the system's tables.
class MultiByteCodec final : public Codec {
 public:
  explicit MultiByteCodec(UINT page) noexcept : page_(page) {}

  [[nodiscard]] std::size_t length(std::string_view bytes) const noexcept override {
    return character_length(page_, bytes);
  }
  [[nodiscard]] std::optional<std::wstring> decode(std::string_view bytes) const override {
    return from_page(page_, bytes);
  }
  [[nodiscard]] std::optional<std::string> encode(std::wstring_view text) const override {
    return to_page(page_, text);
  }

 private:
  UINT page_;
};

// UTF-16 and UTF-32.
class WideCodec final : public Codec {
 public:
  explicit WideCodec(const CodePage& page) noexcept
      : unit_(page.number < utf32_page ? 2 : 4),
        is_big_endian_(page.number == utf16_big_endian_page ||
                       page.number == utf32_big_endian_page),
        has_mark_(page.has_byte_order_mark),
        expects_mark_(has_mark_) {}

  [[nodiscard]] std::size_t length(std::string_view bytes) const noexcept override {
    if (bytes.size() < unit_) {
      return 0;
    }
    if (unit_ == 4 || !is_high_surrogate(unit(bytes))) {
      return unit_;
    }
    if (bytes.size() < 2 * unit_) {
      return 0;
    }
    return is_low_surrogate(unit(bytes.substr(unit_))) ? 2 * unit_ : unit_;
  }

  [[nodiscard]] std::optional<std::wstring> decode(std::string_view bytes) const override {
    std::wstring text;
    while (!bytes.empty()) {
      const std::size_t size = length(bytes);
      const std::uint32_t code = unit(bytes);
      const bool is_pair = size > unit_;
      if (code > last_code || (!is_pair && (is_high_surrogate(code) || is_low_surrogate(code)))) {
        return std::nullopt;
      }
      if (code >= first_supplementary) {
        const std::uint32_t offset = code - first_supplementary;
        text += static_cast<wchar_t>(HIGH_SURROGATE_START + (offset >> 10U));
        text += static_cast<wchar_t>(LOW_SURROGATE_START + (offset & 0x3ffU));
      } else {
        text += static_cast<wchar_t>(code);
      }
      if (is_pair) {
        text += static_cast<wchar_t>(unit(bytes.substr(unit_)));
      }
      bytes.remove_prefix(size);
    }
    return text;
  }

  [[nodiscard]] std::optional<std::string> encode(std::wstring_view text) const override {
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::uint32_t code = text[at];
      if (unit_ == 4 && is_high_surrogate(code)) {
        code = first_supplementary + ((code - HIGH_SURROGATE_START) << 10U) +
               (text[++at] - LOW_SURROGATE_START);
      }
      append_unit(bytes, code);
    }
    return bytes;
  }

  // Read in the wrong order, the mark is U+FFFE, which is no character. So one look tells the
  // order. Without a mark it is little-endian.
  std::size_t read_mark(std::string_view bytes) noexcept override {
    if (!expects_mark_ || bytes.size() < unit_) {
      return 0;
    }
    expects_mark_ = false;
    is_big_endian_ = true;
    is_big_endian_ = unit(bytes) == byte_order_mark;
    return unit(bytes) == byte_order_mark ? unit_ : 0;
  }

  void write_mark(std::string& bytes) override {
    if (std::exchange(expects_mark_, false)) {
      append_unit(bytes, byte_order_mark);
    }
  }

  void reset() noexcept override {
    expects_mark_ = has_mark_;
    is_big_endian_ = is_big_endian_ && !has_mark_;
  }

 private:
  // The first unit of `bytes` as a number.
  [[nodiscard]] std::uint32_t unit(std::string_view bytes) const noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < unit_; ++i) {
      value = (value << 8U) | byte_at(bytes, is_big_endian_ ? i : unit_ - 1 - i);
    }
    return value;
  }

  void append_unit(std::string& bytes, std::uint32_t value) const {
    for (std::size_t i = 0; i < unit_; ++i) {
      const std::size_t place = is_big_endian_ ? unit_ - 1 - i : i;
      bytes += static_cast<char>((value >> (8 * place)) & 0xffU);
    }
  }

  std::size_t unit_;  // Bytes of one unit.
  bool is_big_endian_;
  bool has_mark_;
  bool expects_mark_;  // At the start of a text in a set that has marks.
};

std::unique_ptr<Codec> make_codec(const CodePage& page) {
  switch (page.number) {
    case utf16_page:
    case utf16_big_endian_page:
    case utf32_page:
    case utf32_big_endian_page:
      return std::make_unique<WideCodec>(page);
    default:
      break;
  }
  if (is_single_byte(page.number)) {
    return std::make_unique<SingleByteCodec>(page);
  }
  return std::make_unique<MultiByteCodec>(page.number);
}

}  // namespace

struct CharsetConverter::State {
  std::unique_ptr<Codec> from;
  std::unique_ptr<Codec> to;

  // The whole characters at the front of `in`, at most `limit`.
  [[nodiscard]] std::string_view characters(std::string_view in, std::size_t limit) const noexcept {
    std::size_t end = 0;
    for (; limit > 0 && end < in.size(); --limit) {
      const std::size_t length = from->length(in.substr(end));
      if (length == 0) {
        break;
      }
      end += length;
    }
    return in.substr(0, end);
  }

  // Converts all of `block` or, if that fails, nothing of it.
  [[nodiscard]] bool append(std::string_view block, std::string& out) const {
    const auto text = from->decode(block);
    const auto bytes = text ? to->encode(*text) : std::nullopt;
    if (bytes) {
      out += *bytes;
    }
    return bytes.has_value();
  }
};

CharsetConverter::CharsetConverter(const std::string& charset, CharsetDirection direction)
    : state_(std::make_unique<State>()) {
  const auto page = find_code_page(charset);
  if (!page) {
    throw OSError(
        std::make_error_code(std::errc::invalid_argument), "MultiByteToWideChar", charset);
  }
  state_->from = make_codec(*page);
  state_->to = make_codec({.number = CP_UTF8});
  if (direction == CharsetDirection::from_utf8) {
    std::swap(state_->from, state_->to);
  }
}

CharsetConverter::CharsetConverter(CharsetConverter&& other) noexcept = default;
CharsetConverter& CharsetConverter::operator=(CharsetConverter&& other) noexcept = default;
CharsetConverter::~CharsetConverter() = default;

bool CharsetConverter::knows(const std::string& charset) noexcept {
  return find_code_page(charset).has_value();
}

// A block is converted as a whole, so its failure does not say where the error is. Blocks grow
// until one fails, and then shrink until the failing one is a single character.
CharsetConverter::Result CharsetConverter::convert(std::string_view in, std::string& out) {
  constexpr std::size_t first_limit = 16;
  constexpr std::size_t last_limit = 4096;
  if (in.empty()) {
    return {};
  }
  state_->to->write_mark(out);
  std::size_t done = state_->from->read_mark(in);
  bool is_growing = true;
  for (std::size_t limit = first_limit; done < in.size();) {
    const std::string_view block = state_->characters(in.substr(done), limit);
    if (block.empty()) {
      return {.consumed = done, .stop = CharsetStop::incomplete};
    }
    if (state_->append(block, out)) {
      done += block.size();
      limit = is_growing ? std::min(2 * limit, last_limit) : limit;
    } else if (limit > 1) {
      is_growing = false;
      limit /= 2;
    } else {
      return {.consumed = done, .stop = CharsetStop::invalid};
    }
  }
  return {.consumed = done, .stop = CharsetStop::all};
}

// None of these sets has shift states; the only state is whether a mark is expected.
void CharsetConverter::finish(std::string& /*out*/) {
  reset();
}

void CharsetConverter::reset() noexcept {
  state_->from->reset();
  state_->to->reset();
}

std::string locale_charset() {
  return "cp" + std::to_string(::GetACP());
}

}  // namespace progeny::platform
