#pragma once

// A string or a path: the argument wherever a program, an argument or a folder is named.

#include <progeny/export.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace progeny {

namespace detail {

/// `std::filesystem::path`, known by what it can do: its header is one of the largest.
template <class T>
concept FilesystemPath = requires(const T& path) {
  typename T::string_type;
  T::preferred_separator;
  { path.native() } -> std::same_as<const typename T::string_type&>;
  path.u8string();
  path.lexically_normal();
};

}  // namespace detail

/// A name given as a string or as a `std::filesystem::path`.
///
/// It remembers which of the two it was made from: a single path is a program, but a single string
/// may be a command line.
///
/// - Python: `str`, `bytes` and `os.PathLike`.
/// - Platforms: on POSIX its bytes go to the system unchanged, whether they are UTF-8 or not. On
///   Windows they must be UTF-8.
class PathLike {
 public:
  /// From anything that is a string.
  template <class Text>
    requires(std::convertible_to<const Text&, std::string_view> && !detail::FilesystemPath<Text>)
  // NOLINTNEXTLINE(google-explicit-constructor): arguments are lists of literals.
  PathLike(const Text& text) : text_(static_cast<std::string_view>(text)) {}

  /// From a string, by moving it.
  // NOLINTNEXTLINE(google-explicit-constructor): see above.
  PathLike(std::string&& text) noexcept : text_(std::move(text)) {}

  /// From a path.
  template <detail::FilesystemPath Path>
  PathLike(const Path& path)  // NOLINT(google-explicit-constructor): see above.
      : text_(bytes_of(path)), is_path_(true) {}

  /// The bytes.
  [[nodiscard]] const std::string& string() const& noexcept { return text_; }
  /// The bytes, moved out.
  [[nodiscard]] std::string string() && noexcept { return std::move(text_); }
  /// Whether it was made from a `std::filesystem::path`.
  [[nodiscard]] bool is_path() const noexcept { return is_path_; }

 private:
  static std::string bytes_of(const detail::FilesystemPath auto& path) {
    const auto utf8 = path.u8string();
    return {utf8.begin(), utf8.end()};
  }

  std::string text_;
  bool is_path_ = false;
};

}  // namespace progeny
