#pragma once

// The command: a list of arguments, or one string.

#include <progeny/base/path_like.hpp>
#include <progeny/detail/ranges.hpp>
#include <progeny/export.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::subprocess {

/// What to run, as `Popen`, `run` and their kin take it.
///
/// - A list (`{"sort", "-n"}`, or any range of strings): item 0 is the program, every item
///   reaches the child as it is. With `shell` on POSIX item 0 is the shell's command and the rest
///   are its `$0`, `$1`, ...
/// - A string (`"ls -l"`): with `shell` the command for the shell. Without, the path of a program
///   on POSIX (it is never split), and the whole command line on Windows.
/// - A path: a list of one.
///
/// - Python: the `args` argument.
class PROGENY_EXPORT Args {
 public:
  /// A list.
  Args(std::initializer_list<PathLike> items);

  /// One string.
  template <class Text>
    requires(std::convertible_to<const Text&, std::string_view> &&
             !progeny::detail::FilesystemPath<Text>)
  Args(const Text& command)  // NOLINT(google-explicit-constructor): `run("make")` is the point.
      : items_{std::string(static_cast<std::string_view>(command))}, form_(Form::string) {}

  /// One path: the program, without arguments.
  template <progeny::detail::FilesystemPath Path>
  Args(const Path& program)  // NOLINT(google-explicit-constructor): see above.
      : items_{PathLike(program).string()}, form_(Form::path) {}

  /// A list in any range whose items are strings or paths.
  template <std::ranges::input_range Range>
    requires(!std::convertible_to<const Range&, std::string_view> &&
             !progeny::detail::FilesystemPath<Range> &&
             std::convertible_to<std::ranges::range_reference_t<const Range>, PathLike>)
  Args(const Range& items)  // NOLINT(google-explicit-constructor): `run(words)` is the point.
      : form_(Form::list) {
    for (auto&& item : items) {
      items_.push_back(PathLike(item).string());
    }
  }

  /// Whether it was given as one string.
  [[nodiscard]] bool is_string() const noexcept { return form_ == Form::string; }
  /// Whether it was given as one path.
  [[nodiscard]] bool is_path() const noexcept { return form_ == Form::path; }
  /// The items; a lone string or path is one item.
  [[nodiscard]] const std::vector<std::string>& items() const noexcept { return items_; }

  /// What Python's `repr(args)` says: `['sort', '-n']`, `'ls -l'`.
  [[nodiscard]] std::string repr() const;
  /// What Python's `str(args)` says: as `repr()`, but a string without its quotes.
  [[nodiscard]] std::string str() const;

 private:
  enum class Form : std::uint8_t { list, string, path };

  std::vector<std::string> items_;
  Form form_;
};

/// Prints `args.repr()`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Args& args);

}  // namespace progeny::subprocess
