#pragma once

// Anonymous pipes.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <system_error>

namespace progeny::platform {

/// The two ends of a pipe.
struct Pipe {
  Handle read_end;
  Handle write_end;
};

/// Makes a pipe. Both ends are closed on exec from birth and above the numbers of the standard
/// streams. Throws OSError with the call `pipe`.
[[nodiscard]] Pipe make_pipe();

/// Gives the pipe room for at least `capacity` bytes. The system may refuse: it may know no such
/// thing, or the user may have used up the share of all pipes.
std::error_code resize_pipe(native_handle either_end, std::size_t capacity) noexcept;

}  // namespace progeny::platform
