#pragma once

// The environment variables that a child starts with.

#include <progeny/export.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny {

/// Environment variables in order, or a request to inherit the parent's.
///
/// `{}` is the empty environment, as `env={}` is in Python. To change the parent's, copy it:
/// `auto env = os::environment(); env.set("LANG", "C");`.
///
/// Names and values are checked when a child is launched. A NUL, a `=` in a name, and an empty name
/// are a `ValueError` then.
///
/// - Python: the mapping given as `env`. `os.environ.copy()` is `os::environment()`.
/// - Threads: as a standard container.
/// - Example: examples/subprocess/environment.cpp
class PROGENY_EXPORT Environment {
 public:
  /// A variable: name and value.
  using value_type = std::pair<std::string, std::string>;
  /// Iterates over the variables.
  using const_iterator = std::vector<value_type>::const_iterator;

  /// No variables at all.
  Environment() = default;
  /// These variables in this order. Of two with the same name, the last value counts.
  Environment(std::initializer_list<value_type> variables);
  /// The variables of any range of pairs, such as a map or a vector.
  template <class Iterator>
  Environment(Iterator first, Iterator last) {
    for (; first != last; ++first) {
      set(first->first, first->second);
    }
  }

  /// Stands for the variables that the parent has at the moment of the launch.
  /// - Python: `env=None`.
  [[nodiscard]] static Environment inherited();

  /// Whether this stands for the parent's environment.
  [[nodiscard]] bool is_inherited() const noexcept { return inherited_; }

  /// Gives `name` the value `value`. A new name goes to the end.
  /// - Throws: `UsageError` on `inherited()`.
  void set(std::string_view name, std::string_view value);
  /// Removes `name`, if it is there.
  void erase(std::string_view name);
  /// The value of `name`, or nothing. Always nothing on `inherited()`.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;

  /// The first variable.
  [[nodiscard]] const_iterator begin() const noexcept { return variables_.begin(); }
  /// The end of the variables.
  [[nodiscard]] const_iterator end() const noexcept { return variables_.end(); }
  /// How many variables; 0 on `inherited()`.
  [[nodiscard]] std::size_t size() const noexcept { return variables_.size(); }

 private:
  std::vector<value_type> variables_;
  bool inherited_ = false;
};

}  // namespace progeny
