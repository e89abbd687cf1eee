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

/// A list of environment variables in order, or the wish to inherit the parent's.
///
/// `{}` is the empty environment, as `env={}` is in Python. To start from the parent's, copy it:
/// `auto env = os::environment(); env.set("LANG", "C");`.
///
/// Names and values are checked at launch: a NUL, a `=` in a name, and an empty name are a
/// `ValueError`.
/// - Python: the mapping given as `env`; `os.environ.copy()` is `os::environment()`.
class PROGENY_EXPORT Environment {
 public:
  /// A variable: name and value.
  using value_type = std::pair<std::string, std::string>;
  /// Iterates over the variables.
  using const_iterator = std::vector<value_type>::const_iterator;

  /// No variables at all.
  Environment() = default;
  /// These variables in this order; of two with the same name the last one counts.
  Environment(std::initializer_list<value_type> variables);
  /// The variables of any range of pairs: a map, a vector.
  template <class Iterator>
  Environment(Iterator first, Iterator last) {
    for (; first != last; ++first) {
      set(first->first, first->second);
    }
  }

  /// Stands for what the parent has at the moment of the launch. Python: `env=None`.
  [[nodiscard]] static Environment inherited();

  /// Whether this stands for the parent's environment.
  [[nodiscard]] bool is_inherited() const noexcept { return inherited_; }

  /// Gives `name` the value `value`; a new name goes to the end.
  void set(std::string_view name, std::string_view value);
  /// Removes `name` if it is there.
  void erase(std::string_view name);
  /// The value of `name`, or nothing.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;

  /// The first variable.
  [[nodiscard]] const_iterator begin() const noexcept { return variables_.begin(); }
  /// Behind the last variable.
  [[nodiscard]] const_iterator end() const noexcept { return variables_.end(); }
  /// How many variables; 0 while it stands for the parent's.
  [[nodiscard]] std::size_t size() const noexcept { return variables_.size(); }

 private:
  std::vector<value_type> variables_;
  bool inherited_ = false;
};

}  // namespace progeny
