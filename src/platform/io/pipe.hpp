#pragma once

// Pipes without a name.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace progeny::platform {

/// The two ends of a pipe. Bytes written to the one are read from the other, in order.
struct Pipe {
  Handle read_end;
  Handle write_end;
};

/// One of the two ends.
enum class PipeEnd : std::uint8_t { read, write };

/// Makes a pipe. Both ends are closed on exec from birth, and above the numbers of the standard
/// streams.
///
/// `ours` is the end that stays in this process. On Windows only that end can be waited for until a
/// deadline, and only the other end is as a child expects it; on POSIX both ends are alike.
/// - Throws: OSError with the call `pipe`.
[[nodiscard]] Pipe make_pipe(PipeEnd ours);

/// Asks for room for at least `capacity` bytes in the pipe. The system may refuse, and nothing is
/// lost then: it may have no such call (Windows), or the user's pipes may have used up their share.
std::error_code resize_pipe(native_handle either_end, std::size_t capacity) noexcept;

}  // namespace progeny::platform
