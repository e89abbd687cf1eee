#pragma once

// Open files: opening, closing, reading, writing. Every handle made here is closed on exec and
// never lands on the numbers of the standard streams.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace progeny::platform {

/// The handle behind a descriptor of the C library, which is the same thing on POSIX.
[[nodiscard]] native_handle handle_of_descriptor(int descriptor) noexcept;
/// The handle behind a C stream.
[[nodiscard]] native_handle handle_of_file(std::FILE* file) noexcept;

/// What this process has as its standard stream 0, 1 or 2.
[[nodiscard]] native_handle standard_stream(int number) noexcept;

/// Whether the handle is open.
[[nodiscard]] bool is_open(native_handle handle) noexcept;

/// A number by which a person knows the handle.
[[nodiscard]] long long number_of(native_handle handle) noexcept;

enum class OpenMode : std::uint8_t { read, write, append, read_write };

/// Opens `path`, creating the file under `write` (emptied) and `append`.
/// Throws OSError with the call `open` and the path.
[[nodiscard]] Handle open_file(const std::string& path, OpenMode mode);

/// The handle that `number_of` gave the number of.
[[nodiscard]] native_handle handle_of_number(long long number) noexcept;

/// Takes over a handle with which this process was started; it is closed on exec from now on.
/// Throws OSError if it is not open.
[[nodiscard]] Handle take_inherited(long long number);

/// Opens the null device for reading and writing.
[[nodiscard]] Handle open_null_device();

/// What one read or write did.
struct IoResult {
  std::size_t count = 0;    ///< Bytes moved; 0 without an error is end of file (reading).
  std::error_code error{};  ///< What went wrong; `operation_would_block` under a `try_` call.
};

/// Reads what is there, waiting for the first byte. Retries EINTR.
[[nodiscard]] IoResult read_some(native_handle handle, std::span<char> space) noexcept;

/// Writes at least one byte, waiting for room. Retries EINTR. A pipe without a reader is
/// `broken_pipe`; no signal reaches the host, and its settings are as before at return.
[[nodiscard]] IoResult write_some(native_handle handle, std::string_view bytes) noexcept;

/// Writes what there is room for. The handle must have been made non-blocking.
[[nodiscard]] IoResult try_write(native_handle handle, std::string_view bytes) noexcept;

/// Makes reads and writes return at once (or wait again). Only for handles that nobody shares:
/// the flag belongs to the open file, not to the descriptor.
void set_blocking(native_handle handle, bool blocking) noexcept;

}  // namespace progeny::platform
