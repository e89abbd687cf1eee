#pragma once

// Open files: opening, reading, writing. `Handle` closes them.
//
// Every handle made here is closed on exec from birth, and is never 0, 1 or 2: a child inherits it
// only if it is given it, and the host's standard streams stay the host's.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace progeny::platform {

/// The handle behind a descriptor of the C library; on POSIX they are the same. Windows: none if
/// there is no such descriptor.
[[nodiscard]] native_handle handle_of_descriptor(int descriptor) noexcept;
/// The handle behind a C stream.
[[nodiscard]] native_handle handle_of_file(std::FILE* file) noexcept;

/// The standard stream 0, 1 or 2 of this process. Windows: none in a program without a console.
[[nodiscard]] native_handle standard_stream(int number) noexcept;

/// Whether the handle is open.
[[nodiscard]] bool is_open(native_handle handle) noexcept;

/// The handle as a number, for messages, and for children that inherit it.
[[nodiscard]] long long number_of(native_handle handle) noexcept;

/// What a file is opened for.
enum class OpenMode : std::uint8_t { read, write, append, read_write };

/// Opens `path`. `write` creates the file or empties it; `append` creates it, and each write goes
/// to its end. A terminal does not become the controlling one. Goes on after EINTR.
/// - Throws: OSError with the call `open` and the path.
/// - Blocks: as the system does, such as for the other side of a FIFO.
[[nodiscard]] Handle open_file(const std::string& path, OpenMode mode);

/// The inverse of `number_of`.
[[nodiscard]] native_handle handle_of_number(long long number) noexcept;

/// Takes ownership of a handle that this process was started with, and sets it to be closed on
/// exec.
/// - Throws: OSError if it is not open.
[[nodiscard]] Handle take_inherited(long long number);

/// Opens the null device for reading and writing.
/// - Throws: as `open_file`.
[[nodiscard]] Handle open_null_device();

/// What one read or write did.
struct IoResult {
  std::size_t count = 0;    ///< Bytes moved. A read of 0 bytes without an error is the end.
  std::error_code error{};  ///< Why nothing was moved.
};

/// Reads what is there, at most `space.size()` bytes, and waits for the first one. A terminal whose
/// other side is closed is at its end. Goes on after EINTR.
/// - Blocks: until a byte or the end comes, also on a handle that was made non-blocking.
[[nodiscard]] IoResult read_some(native_handle handle, std::span<char> space) noexcept;

/// Writes at least one byte, and waits for room. A pipe without a reader is `broken_pipe`: no
/// SIGPIPE reaches the host, and its mask and dispositions are unchanged at return. Goes on after
/// EINTR.
/// - Blocks: until there is room, also on a handle that was made non-blocking.
[[nodiscard]] IoResult write_some(native_handle handle, std::string_view bytes) noexcept;

/// As `write_some`, but never waits: without room the error is `operation_would_block`. The open
/// file stays as it is, as other processes may share it. Windows: a write that did not fit is
/// cancelled, and may have moved some bytes all the same.
[[nodiscard]] IoResult try_write(native_handle handle, std::string_view bytes) noexcept;

}  // namespace progeny::platform
