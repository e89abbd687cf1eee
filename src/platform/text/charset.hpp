#pragma once

// Conversion between UTF-8 and the character sets that the system knows.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace progeny::platform {

enum class CharsetDirection : std::uint8_t { to_utf8, from_utf8 };

/// Why a conversion stopped.
enum class CharsetStop : std::uint8_t {
  all,         ///< Everything was converted.
  incomplete,  ///< What is left may be the beginning of a character.
  invalid,     ///< What is left begins with something that cannot be converted.
};

/// One direction of a conversion, with the shift state of the set. One thread at a time.
class CharsetConverter {
 public:
  /// The set must be known. Throws OSError if the system has no room for a conversion.
  CharsetConverter(const std::string& charset, CharsetDirection direction);
  CharsetConverter(CharsetConverter&& other) noexcept;
  CharsetConverter& operator=(CharsetConverter&& other) noexcept;
  CharsetConverter(const CharsetConverter&) = delete;
  CharsetConverter& operator=(const CharsetConverter&) = delete;
  ~CharsetConverter();

  /// Whether the system can convert this set in both directions. The name must be a plain one:
  /// letters, digits and `-_.:+`.
  [[nodiscard]] static bool knows(const std::string& charset) noexcept;

  struct Result {
    std::size_t consumed = 0;  ///< How much of the input has been converted.
    CharsetStop stop = CharsetStop::all;
  };

  /// Appends to `out` what `in` is in the other set, as far as it goes.
  Result convert(std::string_view in, std::string& out);

  /// Appends what leads back to the initial shift state, and is in it.
  void finish(std::string& out);

  /// Forgets the shift state.
  void reset() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace progeny::platform
