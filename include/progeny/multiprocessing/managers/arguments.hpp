#pragma once

// The arguments of a call that comes from another process, which may be Python.

#include <progeny/export.hpp>
#include <progeny/pickle/convert.hpp>
#include <progeny/pickle/types.hpp>
#include <progeny/pickle/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

/// Positional arguments and keyword arguments of one call.
///
/// - Python: `*args, **kwds`.
class PROGENY_EXPORT Arguments {
 public:
  /// None at all.
  Arguments() = default;
  /// These; each key is a str.
  explicit Arguments(std::vector<pickle::Value> args, std::vector<pickle::Value::Pair> kwds = {})
      : args_(std::move(args)), kwds_(std::move(kwds)) {}

  /// The positional ones.
  [[nodiscard]] const std::vector<pickle::Value>& args() const noexcept { return args_; }
  /// The others.
  [[nodiscard]] const std::vector<pickle::Value::Pair>& kwds() const noexcept { return kwds_; }

  /// The argument at `position`, or else of this name; null if there is none.
  [[nodiscard]] const pickle::Value* find(std::size_t position, std::string_view name) const;

  /// The argument as a `T`, which is any type that `pickle::to` makes.
  /// - Throws: `TypeError` if it is missing or of another kind, `OverflowError` out of range.
  template <pickle::Unpicklable T>
  [[nodiscard]] T get(std::size_t position, std::string_view name) const {
    const pickle::Value* const value = find(position, name);
    if (value == nullptr) {
      throw_missing(name);
    }
    return pickle::to<T>(*value);
  }
  /// The same, or `otherwise` if there is none.
  template <pickle::Unpicklable T>
  [[nodiscard]] T get(std::size_t position, std::string_view name, T otherwise) const {
    const pickle::Value* const value = find(position, name);
    return value == nullptr ? std::move(otherwise) : pickle::to<T>(*value);
  }

  /// Throws `TypeError` if there are more than `count` arguments in all.
  void expect_at_most(std::size_t count) const;

 private:
  [[noreturn]] static void throw_missing(std::string_view name);

  std::vector<pickle::Value> args_;
  std::vector<pickle::Value::Pair> kwds_;
};

}  // namespace progeny::multiprocessing::managers
