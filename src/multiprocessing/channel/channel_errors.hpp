#pragma once

// The errors that all channels throw alike.

#include <system_error>

namespace progeny::multiprocessing::detail {

/// Throws OSError of this code.
[[noreturn]] void throw_os_error(std::errc code, const char* what);
/// Throws EOFError: the peer closed its end between two messages.
[[noreturn]] void throw_end();
/// Throws OSError: the peer closed its end, or died, in the middle of a message.
[[noreturn]] void throw_truncated();
/// Throws OSError: the message is longer than the caller allows.
[[noreturn]] void throw_too_long();

}  // namespace progeny::multiprocessing::detail
