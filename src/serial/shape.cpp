#include <progeny/serial/shape.hpp>

namespace progeny::serial {

// No default, so that the compiler warns of a kind without words.
std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::unknown:
      return "an unknown thing";
    case Kind::boolean:
      return "a truth value";
    case Kind::character:
      return "a character";
    case Kind::signed_integer:
      return "a signed integer";
    case Kind::unsigned_integer:
      return "an unsigned integer";
    case Kind::floating:
      return "a floating-point number";
    case Kind::enumeration:
      return "an enumeration";
    case Kind::text:
      return "a string";
    case Kind::sequence:
      return "a sequence";
    case Kind::set:
      return "a set";
    case Kind::map:
      return "a map";
    case Kind::fixed_array:
      return "an array of fixed size";
    case Kind::bits:
      return "a set of bits";
    case Kind::tuple:
      return "a tuple";
    case Kind::aggregate:
      return "an aggregate";
    case Kind::optional:
      return "an optional value";
    case Kind::variant:
      return "a variant";
    case Kind::unique_pointer:
      return "a unique_ptr";
    case Kind::shared_pointer:
      return "a shared_ptr";
    case Kind::duration:
      return "a duration";
    case Kind::time_point:
      return "a point in time";
    case Kind::complex:
      return "a complex number";
    case Kind::path:
      return "a path";
    case Kind::error_code:
      return "an error code";
    case Kind::handle:
      return "a handle";
    case Kind::plain_class:
      return "a trivially copyable class";
    case Kind::custom:
      return "a class with functions of its own";
  }
  return "an unknown thing";
}

}  // namespace progeny::serial
