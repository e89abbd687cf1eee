#pragma once

// Noticing that nobody is at the other end of a local socket any more.

#include <progeny/base/handle.hpp>

namespace progeny::platform {

/// Whether all who had the other end of a local socket have closed it, or ended. Never blocks.
[[nodiscard]] bool is_hung_up(native_handle socket) noexcept;

/// A handle that is readable while `event` is, or once `socket` is hung up. The two must stay open
/// for as long as it is used. Throws OSError if no descriptor is free.
[[nodiscard]] Handle readable_or_hung_up(native_handle event, native_handle socket);

}  // namespace progeny::platform
