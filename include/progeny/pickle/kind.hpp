#pragma once

// What a `Value` can be.

#include <progeny/export.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::pickle {

/// What a `Value` is.
enum class Kind : std::uint8_t {
  none,
  boolean,
  integer,
  floating,
  text,
  bytes,
  bytearray,
  tuple,
  list,
  dict,
  set,
  frozenset,
  /// A class or function, by its name.
  global,
  /// An object of a class that C++ does not know, as a recipe.
  object,
};

/// Python's name of the kind: `int`, `str`.
[[nodiscard]] PROGENY_EXPORT std::string_view name_of(Kind kind) noexcept;

/// The name of a class or function.
struct Global {
  /// `collections`; always Python 3's name, also if the pickle had Python 2's.
  std::string module = {};
  /// `OrderedDict.fromkeys`.
  std::string name = {};

  friend bool operator==(const Global&, const Global&) = default;
};

}  // namespace progeny::pickle
