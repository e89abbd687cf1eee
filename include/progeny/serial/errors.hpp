#pragma once

// The exception for bytes from another process that do not hold the value that was asked for.

#include <progeny/base/errors.hpp>
#include <progeny/export.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace progeny::serial {

/// Bytes are not a value of the type asked for: they are cut off, garbage, of another type, or
/// nested too deep.
///
/// `what()` reads `cannot decode std::vector<int>: at byte 5: 9 elements are announced where 3
/// bytes are left`. Nothing was returned; the parts that were decoded are destroyed again.
/// - Python: `pickle.UnpicklingError`.
class PROGENY_EXPORT DecodeError : public ValueError {
 public:
  /// `type` was to be decoded, and the bytes at `offset` show that they are none, for `reason`.
  DecodeError(std::string_view type, std::size_t offset, std::string_view reason);

  /// The type that was asked for, as the compiler spells it.
  [[nodiscard]] const std::string& type() const noexcept { return type_; }
  /// Where in the message, in bytes from its beginning.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  /// What is wrong there.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  std::string type_;
  std::size_t offset_;
  std::string reason_;
};

}  // namespace progeny::serial
