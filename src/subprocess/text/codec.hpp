#pragma once

// One encoding other than UTF-8: what is text in it and what is not, with Python's opinion on where
// an error begins and ends. What is done about errors is the business of Decoder and Encoder.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace progeny::subprocess::detail {

/// Where a decoding stopped.
struct DecodeStop {
  std::size_t consumed = 0;  ///< Bytes that were decoded.
  std::size_t error = 0;     ///< Bytes of the error behind them; 0 if there is none.
  bool incomplete = false;   ///< More bytes could make a character of the error.
  const char* reason = "";   ///< What is wrong, in Python's words.
};

/// Which of its two functions a codec is used for.
enum class CodecDirection : std::uint8_t { decode, encode };

/// One direction of one stream.
/// - Threads: one at a time for one object.
class Codec {
 public:
  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  virtual ~Codec() = default;

  /// Appends the text of `bytes`, as far as there is no error. The caller passes what was not
  /// consumed again, or goes on behind the error.
  virtual DecodeStop decode(std::string_view bytes, std::string& text) = 0;
  /// Appends the bytes of the beginning of `text`, which is UTF-8 and not empty.
  /// - Returns: how many bytes of `text` were encoded; 0 if the encoding lacks its first character.
  virtual std::size_t encode(std::string_view text, std::string& bytes) = 0;
  /// Appends the bytes of a lone surrogate, if the encoding can hold one.
  virtual bool encode_surrogate(std::uint32_t /*code*/, std::string& /*bytes*/) { return false; }
  /// Begins a whole text: appends the mark that tells the byte order, if the encoding has one.
  virtual void begin(std::string& /*bytes*/) {}
  /// Ends what was encoded: appends the bytes that lead back to the initial state, if there are
  /// any.
  virtual void finish(std::string& /*bytes*/) {}
  /// Forgets what has been encoded since the last `finish`.
  virtual void reset() noexcept {}

  /// What Python's errors call the encoding.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// What Python says of a character that the encoding lacks.
  [[nodiscard]] virtual const char* encode_reason() const noexcept = 0;
  /// Each character takes a multiple of so many bytes.
  [[nodiscard]] virtual std::size_t unit() const noexcept { return 1; }
};

/// The characters of an encoding in which each has one byte.
class CharacterTable;

/// The table of this encoding, with the differences that Python's has to the system's. Nothing if
/// characters have several bytes, or states.
/// - `python`: its name, as `EncodingNames::python`.
/// - `charset`: the system's name for it.
[[nodiscard]] std::shared_ptr<const CharacterTable> find_table(const std::string& python,
                                                               const std::string& charset);

/// A codec by a table.
[[nodiscard]] std::unique_ptr<Codec> make_table_codec(std::shared_ptr<const CharacterTable> table);

/// Whether this name, as `EncodingNames::python`, is one of UTF-16 and UTF-32.
[[nodiscard]] bool is_wide(std::string_view python) noexcept;

/// A codec for UTF-16 or UTF-32. With `surrogates`, lone ones are characters as others.
[[nodiscard]] std::unique_ptr<Codec> make_wide_codec(std::string_view python,
                                                     bool surrogates,
                                                     CodecDirection direction);

/// A codec by the system's converter.
[[nodiscard]] std::unique_ptr<Codec> make_system_codec(const std::string& python,
                                                       const std::string& charset,
                                                       CodecDirection direction);

}  // namespace progeny::subprocess::detail
