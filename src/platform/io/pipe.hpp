#pragma once

// Anonymous pipes.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace progeny::platform {

/// The two ends of a pipe.
struct Pipe {
  Handle read_end;
  Handle write_end;
};

enum class PipeEnd : std::uint8_t { read, write };

/// Makes a pipe, whose end `ours` is to stay in this process: there are systems on which only that
/// one can be used until a deadline, and only the other one as a child expects it. Both ends are
/// closed on exec from birth and above the numbers of the standard streams. Throws OSError with
/// the call `pipe`.
[[nodiscard]] Pipe make_pipe(PipeEnd ours);

/// Gives the pipe room for at least `capacity` bytes. The system may refuse: it may know no such
/// thing, or the user may have used up the share of all pipes.
std::error_code resize_pipe(native_handle either_end, std::size_t capacity) noexcept;

}  // namespace progeny::platform
