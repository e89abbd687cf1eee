#pragma once

// A pipe that many processes write to and at most one process reads, which may come later, and die.

#include "base/deadline.hpp"

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <string_view>

namespace progeny::platform {

/// Both ends, as every process has them that may write: somebody has to keep the reading end until
/// a reader is there. What was written waits for it.
struct RecordPipe {
  Handle read_end;
  Handle write_end;
  std::uint64_t identity = 0;  ///< Of the pipe.
};

/// Throws OSError.
[[nodiscard]] RecordPipe make_record_pipe();

/// A line of which this process was given the ends. Throws OSError.
[[nodiscard]] RecordPipe take_record_pipe(Handle read_end, Handle write_end);

/// Whether the ends still are what they were: hosts that become daemons close what they do not
/// know, and open something else under its number.
[[nodiscard]] bool is_intact(const RecordPipe& pipe) noexcept;

/// Whether a process has become the reader and lives. Throws OSError.
[[nodiscard]] bool has_reader(native_handle read_end);

/// Makes this process the reader: an end of its own, which keeps others from becoming it for as
/// long as it is open here or in copies of this process. None if there is a reader. Throws OSError.
[[nodiscard]] Handle become_reader(native_handle read_end);

/// Writes a record of at most 512 bytes (PIPE_BUF of POSIX), whole, or not at all: OSError, with
/// `timed_out` if the pipe stays full.
void write_record(native_handle write_end,
                  std::string_view record,
                  const progeny::detail::Deadline& deadline);

}  // namespace progeny::platform
