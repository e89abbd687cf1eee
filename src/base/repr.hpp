#pragma once

// Strings as Python's repr shows them.

#include <string>
#include <string_view>

namespace progeny::detail {

/// Text in UTF-8: `'it is'`, `"it's"`, `'a\nb'`. Control characters are escaped; what is not valid
/// UTF-8 is shown as the escaped surrogates that Python would hold instead (`'\udc80'`).
[[nodiscard]] std::string repr_text(std::string_view text);

/// Bytes: `b'a\x80'`.
[[nodiscard]] std::string repr_bytes(std::string_view bytes);

}  // namespace progeny::detail
