#pragma once

// Text mode: bytes of a child to UTF-8 with `\n` line ends, and back.

#include "subprocess/text/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace progeny::subprocess::detail {

/// What to do about what cannot be converted: Python's error handlers.
enum class ErrorPolicy : std::uint8_t {
  strict,
  ignore,
  replace,
  backslashreplace,
  surrogateescape,
  surrogatepass,
  xmlcharrefreplace
};

/// The text mode of a stream.
struct TextFormat {
  std::string name = "UTF-8";      ///< As the caller wrote it.
  std::string encoding = "utf-8";  ///< Python's name.
  std::string charset = {};        ///< The system's name; empty for UTF-8, which is our own work.
  bool has_signature = false;      ///< `utf-8-sig`: a byte order mark at the start.
  /// The characters, if each has one byte.
  std::shared_ptr<const CharacterTable> table = {};
  ErrorPolicy errors = ErrorPolicy::strict;
};

/// The format for these names. The defaults are UTF-8 and `strict`. Throws LookupError for an
/// unknown name.
[[nodiscard]] TextFormat text_format(const std::optional<std::string>& encoding,
                                     const std::optional<std::string>& errors);

/// The codec of this format. None for UTF-8.
[[nodiscard]] std::unique_ptr<Codec> make_codec(const TextFormat& format, CodecDirection direction);

/// Bytes to text, block by block.
///
/// Every line end (CR LF, CR, LF) becomes `\n`. Under `surrogateescape` a byte that is no text
/// becomes the surrogate U+DC00 plus the byte, in UTF-8's form, which an Encoder turns back. Under
/// `surrogatepass` surrogates are characters as others.
class Decoder {
 public:
  explicit Decoder(TextFormat format);

  /// Appends the text of `bytes`, as far as characters are complete; `is_last` says that nothing
  /// follows. Throws UnicodeDecodeError under `strict`, when all before the error is appended; the
  /// next call goes on behind it.
  void decode(std::string_view bytes, bool is_last, std::string& text);

 private:
  void decode_utf8(std::string_view bytes, bool is_last, std::string& text);
  void decode_by(Codec& codec, std::string_view bytes, bool is_last, std::string& text);
  void pass_error(std::string_view& bytes,
                  std::size_t length,
                  const char* reason,
                  std::string& text);
  std::string_view skip_signature(std::string_view bytes, bool is_last);
  [[nodiscard]] std::size_t handle_error(std::string_view offending,
                                         const char* reason,
                                         std::string& text);
  void append_lines(std::string_view decoded, std::string& text);

  TextFormat format_;
  std::unique_ptr<Codec> codec_;  // None for UTF-8.
  std::string pending_;           // The beginning of a character.
  std::size_t position_ = 0;      // Bytes of the stream before `pending_`.
  bool at_start_ = true;          // A signature may still come.
  bool after_cr_ = false;         // A `\n` now would belong to the line end before.
};

/// Text to bytes, write by write.
class Encoder {
 public:
  /// Every `\n` becomes `line_end`, which must be a constant.
  Encoder(TextFormat format, std::string_view line_end);

  /// Whether `encode` would give the very bytes of `text`.
  [[nodiscard]] bool is_passthrough(std::string_view text) const noexcept;

  /// Appends the bytes of `text`. Bytes in `text` that are not UTF-8 are treated as the surrogates
  /// that `surrogateescape` makes of them. Throws UnicodeEncodeError under `strict`, and then has
  /// appended nothing.
  void encode(std::string_view text, std::string& bytes);
  /// The same for a text that is all of the input. In UTF-16 and UTF-32 it gets a byte order mark,
  /// which Python does not write into a stream.
  void encode_whole(std::string_view text, std::string& bytes);

 private:
  void encode_lines(std::string_view text, std::string& bytes);
  void encode_characters(std::string_view text, std::string_view whole, std::string& bytes);
  [[nodiscard]] std::size_t convert(std::string_view text, std::string& bytes);
  void handle_error(std::string_view text, std::string_view whole, std::string& bytes);
  [[nodiscard]] bool pass_surrogate(std::uint32_t code, std::string& bytes);
  [[nodiscard]] bool substitute(std::uint32_t code, std::string& bytes);
  [[nodiscard]] bool append_plain(std::string_view ascii, std::string& bytes);

  TextFormat format_;
  std::string_view line_end_;
  std::unique_ptr<Codec> codec_;  // None for UTF-8.
  bool at_start_ = true;          // Nothing has been written yet.
};

/// How many characters `text` has.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

/// The same for a text in which bytes that are not UTF-8 are characters, too.
[[nodiscard]] std::size_t count_written_characters(std::string_view text) noexcept;

/// How many bytes the first `count` characters of `text` have.
[[nodiscard]] std::size_t prefix_of_characters(std::string_view text, std::size_t count) noexcept;

}  // namespace progeny::subprocess::detail
