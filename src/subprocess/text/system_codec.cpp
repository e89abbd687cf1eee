// Encodings whose characters have several bytes, or states: by the system's converter.

#include "platform/text/charset.hpp"
#include "subprocess/text/codec.hpp"
#include "subprocess/text/text.hpp"
#include "subprocess/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

namespace progeny::subprocess::detail {

namespace {

platform::CharsetDirection direction_of(CodecDirection direction) noexcept {
  return direction == CodecDirection::decode ? platform::CharsetDirection::to_utf8
                                             : platform::CharsetDirection::from_utf8;
}

struct Difference {
  enum class Kind : std::uint8_t {
    lacks,   ///< Bytes that are control characters for the converter, and errors for Python.
    adds,    ///< A byte that is an error for the converter.
    instead  ///< A byte that is another character for the converter, `theirs`.
  };
  std::string_view encoding;
  Kind kind = Kind::lacks;
  unsigned char first = 0;
  unsigned char last = 0;
  std::uint32_t character = 0;
  std::uint32_t theirs = 0;
};

// Where single bytes of Python's sets differ from those of glibc 2.36. Backslash and tilde matter
// most: the converter has the Japanese and the Korean currency sign in place of the backslash.
// NOLINTBEGIN(modernize-use-designated-initializers): a table, headed by Difference.
constexpr auto differences = std::to_array<Difference>({
    {"big5", Difference::Kind::lacks, 0x80, 0x80},
    {"big5hkscs", Difference::Kind::lacks, 0x80, 0x80},
    {"cp950", Difference::Kind::lacks, 0x80, 0x80},
    {"euc_jp", Difference::Kind::lacks, 0x80, 0x8d},
    {"euc_jp", Difference::Kind::lacks, 0x90, 0x9f},
    {"euc_kr", Difference::Kind::lacks, 0x80, 0x9f},
    {"cp932", Difference::Kind::adds, 0x80, 0x80, 0x80},
    {"cp932", Difference::Kind::adds, 0xa0, 0xa0, 0xf8f0},
    {"cp932", Difference::Kind::adds, 0xfd, 0xff, 0xf8f1},
    {"johab", Difference::Kind::instead, 0x5c, 0x5c, 0x5c, 0x20a9},
    {"shift_jis", Difference::Kind::instead, 0x5c, 0x5c, 0x5c, 0xa5},
    {"shift_jis", Difference::Kind::instead, 0x7e, 0x7e, 0x7e, 0x203e},
});
// NOLINTEND(modernize-use-designated-initializers)

std::string utf8_of(std::uint32_t code) {
  std::string text;
  append_utf8(text, code);
  return text;
}

void replace_all(std::string& text, std::size_t from, const std::string& old, char now) {
  for (std::size_t at = text.find(old, from); at != std::string::npos;
       at = text.find(old, at + 1)) {
    text.replace(at, old.size(), 1, now);
  }
}

class SystemCodec final : public Codec {
 public:
  SystemCodec(const std::string& python, const std::string& charset, CodecDirection direction)
      : python_(python), converter_(charset, direction_of(direction)) {
    for (const Difference& difference : differences) {
      if (difference.encoding == python_) {
        add(difference);
      }
    }
  }

  DecodeStop decode(std::string_view bytes, std::string& text) override {
    const std::size_t before = text.size();
    DecodeStop stop = decode_piece(bytes, text);
    while (stop.error != 0 && !stop.incomplete) {
      const auto found = extra_characters_.find(bytes[stop.consumed]);
      if (found == extra_characters_.end()) {
        break;
      }
      text += found->second;
      const std::size_t done = stop.consumed + 1;
      const DecodeStop next = decode_piece(bytes.substr(done), text);
      stop = next;
      stop.consumed += done;
    }
    for (const auto& [theirs, ours] : other_characters_) {
      replace_all(text, before, theirs, ours);
    }
    return stop;
  }

  std::size_t encode(std::string_view text, std::string& bytes) override {
    for (const auto& [character, byte] : extra_bytes_) {
      if (text.starts_with(character)) {
        bytes += byte;
        return character.size();
      }
    }
    if (refuses(text)) {
      return 0;
    }
    // In pieces, so that a text full of errors is not searched to its end after each of them.
    constexpr std::size_t piece = 256;  // Characters, of at most four bytes.
    std::string_view next = text.substr(0, prefix_of_characters(text.substr(0, 4 * piece), piece));
    for (const auto& extra : extra_bytes_) {
      next = next.substr(0, next.find(extra.first));
    }
    if (lacks_bytes_) {
      next = next.substr(0, std::max(next.find(control_lead, 1), std::size_t{1}));
    }
    // glibc's iconv(3) silently drops the tag characters U+E0000 to U+E007F where the encoding
    // lacks them, and reports success. So each goes alone, and the result is looked at.
    constexpr std::string_view tag_lead = "\xf3\xa0";
    if (!next.starts_with(tag_lead)) {
      return converter_.convert(next.substr(0, next.find(tag_lead)), bytes).consumed;
    }
    const std::size_t before = bytes.size();
    const std::size_t done = converter_.convert(next.substr(0, 4), bytes).consumed;
    return bytes.size() == before ? 0 : done;
  }

  void finish(std::string& bytes) override { converter_.finish(bytes); }
  void reset() noexcept override { converter_.reset(); }

  [[nodiscard]] std::string_view name() const noexcept override {
    return is_utf7() ? "utf7" : std::string_view(python_);
  }
  [[nodiscard]] const char* encode_reason() const noexcept override {
    return "illegal multibyte sequence";
  }

 private:
  // The first byte of U+0080 to U+009F, and of others.
  static constexpr char control_lead = '\xc2';

  void add(const Difference& difference) {
    for (unsigned value = difference.first; value <= difference.last; ++value) {
      const char byte = static_cast<char>(value);
      const std::string ours = utf8_of(difference.character + (value - difference.first));
      switch (difference.kind) {
        case Difference::Kind::lacks:
          lacks_bytes_ = true;
          lacks_[value] = true;
          break;
        case Difference::Kind::adds:
          extra_characters_.emplace(byte, ours);
          extra_bytes_.emplace_back(ours, byte);
          break;
        case Difference::Kind::instead:
          other_characters_.emplace_back(utf8_of(difference.theirs), byte);
          extra_bytes_.emplace_back(ours, byte);
          break;
      }
    }
  }

  [[nodiscard]] bool is_utf7() const noexcept { return python_ == "utf-7"; }

  // Python's sets with fewer bytes have no control characters beyond ASCII.
  [[nodiscard]] bool refuses(std::string_view text) const noexcept {
    return lacks_bytes_ && text.size() > 1 && text[0] == control_lead &&
           static_cast<unsigned char>(text[1]) < 0xa0;
  }

  // Up to a byte that is no character.
  DecodeStop decode_piece(std::string_view bytes, std::string& text) {
    if (!lacks_bytes_) {
      return stop_of(bytes, converter_.convert(bytes, text));
    }
    // Not further, so that bytes full of errors are not searched to their end after each of them.
    constexpr std::size_t most = 256;
    const std::string_view head = bytes.substr(0, most);
    const auto lacking = std::ranges::find_if(
        head, [this](char byte) { return lacks_.at(static_cast<unsigned char>(byte)); });
    const auto size = static_cast<std::size_t>(lacking - head.begin());
    const auto result = converter_.convert(head.substr(0, size), text);
    if (lacking == head.end() && bytes.size() > most && result.consumed != 0 &&
        result.stop != platform::CharsetStop::invalid) {
      return {.consumed = result.consumed};  // The caller goes on.
    }
    if (lacking != head.end()) {
      return {.consumed = result.consumed, .error = 1, .reason = invalid_reason()};
    }
    return stop_of(head, result);
  }

  [[nodiscard]] DecodeStop stop_of(std::string_view bytes,
                                   const platform::CharsetConverter::Result& result) const {
    switch (result.stop) {
      case platform::CharsetStop::incomplete:
        return {
            .consumed = result.consumed,
            .error = bytes.size() - result.consumed,
            .incomplete = true,
            .reason = is_utf7() ? "unterminated shift sequence" : "incomplete multibyte sequence"};
      case platform::CharsetStop::invalid:
        return {.consumed = result.consumed, .error = 1, .reason = invalid_reason()};
      case platform::CharsetStop::all:
        break;
    }
    return {.consumed = result.consumed};
  }

  [[nodiscard]] const char* invalid_reason() const noexcept {
    return is_utf7() ? "unexpected special character" : "illegal multibyte sequence";
  }

  std::string python_;
  platform::CharsetConverter converter_;
  std::array<bool, 256> lacks_{};  // Bytes that are never part of a character.
  bool lacks_bytes_ = false;
  std::map<char, std::string> extra_characters_;                // That the converter lacks.
  std::vector<std::pair<std::string, char>> extra_bytes_;       // Written without the converter.
  std::vector<std::pair<std::string, char>> other_characters_;  // The converter's, and Python's.
};

}  // namespace

std::unique_ptr<Codec> make_system_codec(const std::string& python,
                                         const std::string& charset,
                                         CodecDirection direction) {
  return std::make_unique<SystemCodec>(python, charset, direction);
}

}  // namespace progeny::subprocess::detail
