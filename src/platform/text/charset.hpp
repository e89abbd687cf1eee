#pragma once

// Conversion between UTF-8 and the character sets that the system knows, piece by piece.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace progeny::platform {

/// Which way a converter works.
enum class CharsetDirection : std::uint8_t { to_utf8, from_utf8 };

/// Why a conversion stopped.
enum class CharsetStop : std::uint8_t {
  all,         ///< All input was converted.
  incomplete,  ///< The rest of the input may be the beginning of a character.
  invalid,     ///< The rest of the input begins with something that cannot be converted.
};

/// One direction of a conversion, with the shift state of the set.
/// - Threads: one at a time for one object.
class CharsetConverter {
 public:
  /// `charset` must be one that `knows` accepts.
  /// - Throws: OSError with the call (`iconv_open`) and the name if the system has no room for
  ///   another conversion.
  CharsetConverter(const std::string& charset, CharsetDirection direction);
  CharsetConverter(CharsetConverter&& other) noexcept;
  CharsetConverter& operator=(CharsetConverter&& other) noexcept;
  CharsetConverter(const CharsetConverter&) = delete;
  CharsetConverter& operator=(const CharsetConverter&) = delete;
  ~CharsetConverter();

  /// Whether the system can convert this set in both directions. The name consists of letters,
  /// digits and `-_.:+`; the caller has checked that.
  [[nodiscard]] static bool knows(const std::string& charset) noexcept;

  /// How far a conversion went.
  struct Result {
    std::size_t consumed = 0;  ///< Bytes of the input that were converted.
    CharsetStop stop = CharsetStop::all;
  };

  /// Converts the beginning of `in`, as far as it can, and appends the result to `out`. The caller
  /// passes the rest of the input again, together with what follows it.
  Result convert(std::string_view in, std::string& out);

  /// Ends a text: appends the bytes that lead back to the initial shift state, if there are any.
  void finish(std::string& out);

  /// Returns to the initial shift state without writing anything.
  void reset() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The set that the user's locale names: by LC_ALL, LC_CTYPE and LANG in the environment on POSIX,
/// whether or not the host has called setlocale(3); the system's code page on Windows.
/// `ANSI_X3.4-1968` (ASCII) for the C locale and for one that does not exist.
[[nodiscard]] std::string locale_charset();

}  // namespace progeny::platform
