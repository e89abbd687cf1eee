#pragma once

// Names of encodings: those of Python and those of the system's converter.

#include <optional>
#include <string>

namespace progeny::subprocess::detail {

/// An encoding under its two names.
struct EncodingNames {
  std::string python;          ///< As error messages and reprs show it.
  std::string system;          ///< For the system's converter. Empty for UTF-8.
  bool has_signature = false;  ///< `utf-8-sig`.
};

/// Finds an encoding by any name that Python or the system knows, written in any way that either of
/// them accepts. Nothing if neither knows it.
[[nodiscard]] std::optional<EncodingNames> find_encoding(const std::string& given);

}  // namespace progeny::subprocess::detail
