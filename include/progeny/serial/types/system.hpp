#pragma once

// What belongs to the operating system: paths, error codes, handles.

#include <progeny/base/handle.hpp>
#include <progeny/base/path_like.hpp>
#include <progeny/export.hpp>
#include <progeny/serial/codec.hpp>
#include <progeny/serial/types/containers.hpp>

#include <cstddef>
#include <system_error>

namespace progeny::serial {

/// `std::filesystem::path`, as the system takes it, which is not always valid text.
template <progeny::detail::FilesystemPath Path>
struct Codec<Path> : detail::AddsNoLevel {
  using Text = typename Path::string_type;
  static constexpr std::size_t min_size = detail::min_size<Text>;
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::path);
    shape.nested<Text>();
  }
  static void save(Writer& writer, const Path& value) { writer.write(value.native()); }
  static Path load(Reader& reader) { return {reader.read<Text>()}; }
};

/// The number and the category, which is `std::generic_category` or `std::system_category`: every
/// program has these two. A code of another category throws `ValueError`.
template <>
struct PROGENY_EXPORT Codec<std::error_code> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = 1 + detail::min_size<int>;
  static constexpr void describe(Shape& shape) { shape.kind(Kind::error_code); }
  static void save(Writer& writer, const std::error_code& value);
  static std::error_code load(Reader& reader);
};

/// A copy of the handle, which the receiver owns; the sender keeps its own. A `Handle` that owns
/// nothing travels as one that owns nothing.
template <>
struct PROGENY_EXPORT Codec<Handle> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = sizeof(std::uint32_t);
  static constexpr void describe(Shape& shape) { shape.kind(Kind::handle); }
  static void save(Writer& writer, const Handle& value);
  static Handle load(Reader& reader);
};

}  // namespace progeny::serial
