#pragma once

// The structure of a type, condensed to a number. Each message begins with it, so that a message is
// never taken for a value of another type.

#include <progeny/export.hpp>
#include <progeny/serial/type_name.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace progeny::serial {

/// What kind of thing a type is.
enum class Kind : std::uint8_t {
  unknown,
  boolean,
  character,
  signed_integer,
  unsigned_integer,
  floating,
  enumeration,
  text,
  sequence,
  set,
  map,
  fixed_array,
  bits,
  tuple,
  aggregate,
  optional,
  variant,
  unique_pointer,
  shared_pointer,
  duration,
  time_point,
  complex,
  path,
  error_code,
  handle,
  plain_class,
  custom
};

/// The kind in words: `a sequence`.
[[nodiscard]] PROGENY_EXPORT std::string_view name_of(Kind kind) noexcept;

/// A walk through the structure of a type, at compile time. Each `Codec` says in `describe` what
/// its type consists of.
class Shape {
 public:
  /// Adds that the type is of this kind. The kind added first is that of the whole.
  constexpr void kind(Kind kind) noexcept {
    if (top_ == Kind::unknown) {
      top_ = kind;
    }
    byte(static_cast<std::uint8_t>(kind));
  }

  /// Adds a number: a width, a count.
  constexpr void number(std::uint64_t value) noexcept {
    for (int shift = 0; shift < 64; shift += 8) {
      byte(static_cast<std::uint8_t>(value >> shift));
    }
  }

  /// Adds a name, for a type whose structure cannot be seen.
  constexpr void name(std::string_view text) noexcept {
    for (const char character : text) {
      byte(static_cast<std::uint8_t>(character));
    }
    number(text.size());
  }

  /// Adds a type that values of this one contain or own. For a type that contains itself, by way of
  /// pointers or containers, the number of levels up to where it began is added.
  template <class T>
  constexpr void nested() noexcept;

  /// Adds that the type contains one that cannot travel.
  constexpr void refuse() noexcept { sound_ = false; }

  /// Whether everything in it can travel.
  [[nodiscard]] constexpr bool sound() const noexcept { return sound_; }

  /// The kind of the whole in the upper 8 bits, a hash of the structure below them.
  [[nodiscard]] constexpr std::uint32_t fingerprint() const noexcept {
    return (static_cast<std::uint32_t>(top_) << 24U) | ((hash_ ^ (hash_ >> 24U)) & 0xFFFFFFU);
  }

 private:
  // FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>.
  constexpr void byte(std::uint8_t value) noexcept { hash_ = (hash_ ^ value) * 0x01000193U; }

  // How many steps up `type` began, 1 for the innermost; 0 if it is not being walked through.
  [[nodiscard]] constexpr std::size_t steps_up(std::string_view type) const noexcept {
    for (std::size_t steps = 1; steps <= depth_; ++steps) {
      if (path_[depth_ - steps] == type) {
        return steps;
      }
    }
    return 0;
  }

  std::uint32_t hash_ = 0x811C9DC5U;
  Kind top_ = Kind::unknown;
  bool sound_ = true;
  std::size_t depth_ = 0;
  // By name: addresses of what stands for types are no constants for GCC 12 under a sanitizer.
  std::array<std::string_view, 64> path_{};
};

}  // namespace progeny::serial
