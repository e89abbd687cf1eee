#pragma once

// Whether the other end of a local socket is closed.

#include <progeny/base/handle.hpp>

namespace progeny::platform {

/// Whether every process has closed its handles of the other end, by itself or by ending. Unread
/// bytes may still be there. Never blocks.
[[nodiscard]] bool is_hung_up(native_handle socket) noexcept;

/// Makes a handle that is readable while `event` is, and once `socket` is hung up. Both must stay
/// open for as long as it is used. It is closed on exec.
/// - Throws: OSError if no descriptor is free.
[[nodiscard]] Handle readable_or_hung_up(native_handle event, native_handle socket);

}  // namespace progeny::platform
