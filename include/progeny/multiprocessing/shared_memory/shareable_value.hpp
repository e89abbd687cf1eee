#pragma once

// The items of a list in shared memory: see
// <progeny/multiprocessing/shared_memory/shareable_list.hpp>.

#include <progeny/export.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace progeny::multiprocessing::shared_memory {

/// The value of an item of a `ShareableList`: Python's `None`, `bool`, `int` of 64 bits, `float`,
/// `str` (UTF-8) or `bytes`.
///
/// - Python: any item of a `ShareableList`. Differs: integers have 64 bits, as in the list's
/// memory.
/// - Threads: as with a container.
class PROGENY_EXPORT ShareableValue {
 public:
  /// Python's `bytes`.
  using Bytes = std::vector<std::byte>;
  /// One type for each of Python's; `nullptr_t` is `None`.
  using Variant = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Bytes>;

  // NOLINTBEGIN(google-explicit-constructor): items of a list are written as they are.
  /// `None`.
  ShareableValue(std::nullptr_t = nullptr) noexcept {}
  /// A `bool`. No other type converts to it implicitly.
  ShareableValue(std::same_as<bool> auto value) noexcept : value_(value) {}
  /// An integer.
  /// - Throws: `std::out_of_range` if it does not fit a signed integer of 64 bits.
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  ShareableValue(T value) : value_(in_range(value)) {}
  /// A floating-point number.
  ShareableValue(std::floating_point auto value) noexcept : value_(static_cast<double>(value)) {}
  /// Text, in UTF-8.
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  ShareableValue(const Text& text) : value_(std::string(static_cast<std::string_view>(text))) {}
  /// Bytes.
  ShareableValue(Bytes bytes) noexcept : value_(std::move(bytes)) {}
  // NOLINTEND(google-explicit-constructor)

  /// Whether it is `None`.
  [[nodiscard]] bool is_none() const noexcept { return value_.index() == 0; }
  /// The value as one of the types of `Variant`.
  /// - Throws: `std::bad_variant_access` if the value has another type.
  template <class T>
  [[nodiscard]] const T& get() const {
    return std::get<T>(value_);
  }
  /// The value for `std::visit`.
  [[nodiscard]] const Variant& variant() const noexcept { return value_; }

  /// Compares as Python does: a `bool`, an integer and a floating-point number are equal if they
  /// are the same number.
  [[nodiscard]] bool operator==(const ShareableValue& other) const noexcept;

 private:
  template <class T>
  static std::int64_t in_range(T value) {
    if (!std::in_range<std::int64_t>(value)) {
      refuse_number();
    }
    return static_cast<std::int64_t>(value);
  }
  [[noreturn]] static void refuse_number();

  Variant value_;
};

/// Writes Python's `repr`: `None`, `True`, `'text'`, `b'bytes'`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const ShareableValue& value);

}  // namespace progeny::multiprocessing::shared_memory
