#pragma once

// Strings as Python's repr shows them, for messages.

#include <string>
#include <string_view>

namespace progeny::detail {

/// Text in UTF-8: `'it is'`, `"it's"`, `'a\nb'`. Characters that cannot be printed are escaped.
/// Bytes that are not UTF-8 are shown as the surrogates that Python has in their place
/// (`'\udc80'`).
[[nodiscard]] std::string repr_text(std::string_view text);

/// Bytes: `b'a\x80'`.
[[nodiscard]] std::string repr_bytes(std::string_view bytes);

}  // namespace progeny::detail
