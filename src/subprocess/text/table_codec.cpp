// Encodings in which each character has one byte: by a table, which the system's converter fills.
//
// The converter itself would join a letter with an accent that follows (cp1255, cp1258), hold the
// letter back until it knows, and write characters that only look alike.

#include "platform/text/charset.hpp"
#include "subprocess/text/codec.hpp"
#include "subprocess/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace progeny::subprocess::detail {

namespace {

constexpr std::uint32_t no_character = 0xffffffff;
constexpr std::size_t table_size = 256;

struct Correction {
  std::string_view encoding;
  unsigned first = 0;
  unsigned last = 0;
  std::uint32_t character = no_character;  // Of the first; the following ones count on.
};

// Where Python's tables differ from those of glibc 2.36.
// NOLINTBEGIN(modernize-use-designated-initializers): a table, headed by Correction.
constexpr auto corrections = std::to_array<Correction>({
    {"cp1026", 0x9d, 0x9d, 0xb8},      {"cp1026", 0xbc, 0xbc, 0xaf},
    {"cp273", 0xbc, 0xbc, 0x203e},     {"cp424", 0x78, 0x78, 0x2017},
    {"cp424", 0x8f, 0x8f, 0xb1},       {"cp856", 0x1a, 0x1a, 0x1a},
    {"cp856", 0x1c, 0x1c, 0x1c},       {"cp856", 0x7f, 0x7f, 0x7f},
    {"cp856", 0xee, 0xee, 0xaf},       {"cp856", 0xfa, 0xfa, 0xb7},
    {"cp875", 0x6a, 0x6a, 0x7c},       {"cp875", 0x74, 0x74, 0xa0},
    {"cp875", 0xdd, 0xdd, 0x387},      {"cp875", 0xdc, 0xdc, 0x1a},
    {"cp875", 0xe1, 0xe1, 0x1a},       {"cp875", 0xec, 0xec, 0x1a},
    {"cp875", 0xed, 0xed, 0x1a},       {"cp875", 0xfc, 0xfc, 0x1a},
    {"cp875", 0xfd, 0xfd, 0x1a},       {"mac-cyrillic", 0xff, 0xff, 0x20ac},
    {"mac-roman", 0xc6, 0xc6, 0x2206}, {"mac-roman", 0xf0, 0xf0, 0xf8ff},
    {"tis-620", 0x80, 0x9f, 0x80},
});
// NOLINTEND(modernize-use-designated-initializers)

}  // namespace

class CharacterTable {
 public:
  explicit CharacterTable(const std::string& python) : python_(python) {
    characters_.fill(no_character);
  }

  // Asks the converter for each byte. Returns false if it is no encoding of one byte each.
  bool fill(const std::string& charset) {
    platform::CharsetConverter converter(charset, platform::CharsetDirection::to_utf8);
    for (std::size_t value = 0; value < table_size; ++value) {
      const char byte = static_cast<char>(value);
      std::string text;
      const auto result = converter.convert({&byte, 1}, text);
      converter.finish(text);  // A letter that it may hold back.
      converter.reset();
      if (result.stop == platform::CharsetStop::incomplete ||
          (result.stop == platform::CharsetStop::all && text.empty())) {
        return false;
      }
      if (result.stop == platform::CharsetStop::all) {
        const Utf8Character character = utf8_character(text);
        if (character.length != text.size()) {
          return false;
        }
        characters_[value] = character.code;
      }
    }
    return true;
  }

  void correct() {
    for (const Correction& correction : corrections) {
      if (correction.encoding == python_) {
        for (unsigned byte = correction.first; byte <= correction.last; ++byte) {
          characters_[byte] = correction.character + (byte - correction.first);
        }
      }
    }
  }

  // Of two bytes for one character Python writes the last.
  void index() {
    for (std::size_t byte = 0; byte < table_size; ++byte) {
      if (characters_[byte] != no_character) {
        bytes_.emplace_back(characters_[byte], static_cast<char>(byte));
      }
    }
    std::ranges::sort(bytes_, {}, [](const auto& entry) {
      return std::pair(entry.first, static_cast<unsigned char>(entry.second));
    });
    for (std::size_t byte = 0; byte < table_size / 2; ++byte) {
      has_ascii_ = has_ascii_ && characters_[byte] == byte;
    }
  }

  [[nodiscard]] std::uint32_t character(char byte) const noexcept {
    return characters_[static_cast<unsigned char>(byte)];
  }

  // Appends the byte of this character, if there is one.
  bool append(std::uint32_t code, std::string& bytes) const {
    const auto behind =
        std::ranges::upper_bound(bytes_, code, {}, &std::pair<std::uint32_t, char>::first);
    if (behind == bytes_.begin() || std::prev(behind)->first != code) {
      return false;
    }
    bytes += std::prev(behind)->second;
    return true;
  }

  // Whether the bytes below 0x80 are ASCII.
  [[nodiscard]] bool has_ascii() const noexcept { return has_ascii_; }
  [[nodiscard]] const std::string& python() const noexcept { return python_; }

 private:
  std::string python_;
  std::array<std::uint32_t, table_size> characters_{};
  std::vector<std::pair<std::uint32_t, char>> bytes_;  // Sorted by the character.
  bool has_ascii_ = true;
};

namespace {

class TableCodec final : public Codec {
 public:
  explicit TableCodec(std::shared_ptr<const CharacterTable> table) : table_(std::move(table)) {}

  DecodeStop decode(std::string_view bytes, std::string& text) override {
    std::size_t at = 0;
    while (at < bytes.size()) {
      if (table_->has_ascii()) {
        const std::size_t plain = ascii_prefix(bytes.substr(at));
        text += bytes.substr(at, plain);
        at += plain;
        if (at == bytes.size()) {
          break;
        }
      }
      const std::uint32_t code = table_->character(bytes[at]);
      if (code == no_character) {
        return {
            .consumed = at,
            .error = 1,
            .reason = is_ascii() ? "ordinal not in range(128)" : "character maps to <undefined>"};
      }
      append_utf8(text, code);
      ++at;
    }
    return {.consumed = at};
  }

  std::size_t encode(std::string_view text, std::string& bytes) override {
    std::size_t at = 0;
    while (at < text.size()) {
      if (table_->has_ascii()) {
        const std::size_t plain = ascii_prefix(text.substr(at));
        bytes += text.substr(at, plain);
        at += plain;
        if (at == text.size()) {
          break;
        }
      }
      const Utf8Character character = utf8_character(text.substr(at));
      if (!table_->append(character.code, bytes)) {
        break;
      }
      at += character.length;
    }
    return at;
  }

  [[nodiscard]] std::string_view name() const noexcept override {
    return is_ascii() || is_latin_1() ? std::string_view(table_->python()) : "charmap";
  }
  [[nodiscard]] const char* encode_reason() const noexcept override {
    if (is_ascii()) {
      return "ordinal not in range(128)";
    }
    return is_latin_1() ? "ordinal not in range(256)" : "character maps to <undefined>";
  }

 private:
  [[nodiscard]] bool is_ascii() const noexcept { return table_->python() == "ascii"; }
  [[nodiscard]] bool is_latin_1() const noexcept { return table_->python() == "latin-1"; }

  std::shared_ptr<const CharacterTable> table_;
};

}  // namespace

std::shared_ptr<const CharacterTable> find_table(const std::string& python,
                                                 const std::string& charset) {
  auto table = std::make_shared<CharacterTable>(python);
  if (!table->fill(charset)) {
    return nullptr;
  }
  table->correct();
  table->index();
  return table;
}

std::unique_ptr<Codec> make_table_codec(std::shared_ptr<const CharacterTable> table) {
  return std::make_unique<TableCodec>(std::move(table));
}

}  // namespace progeny::subprocess::detail
