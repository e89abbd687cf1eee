#pragma once

// For functions that exist only to say, by static_assert, what to write instead.

namespace progeny::detail {

/// False, but not before a template is used for this type.
template <class>
inline constexpr bool never = false;

}  // namespace progeny::detail
