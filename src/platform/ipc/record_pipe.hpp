#pragma once

// A pipe with many writers, whole records, and at most one reader.
//
//   writers ---record, record, record---> [ pipe ] ---> the reader, if there is one
//
// Every process that may write holds both ends. So the pipe exists while there is a writer, a
// record written before there is a reader waits for it, and a new reader can follow one that was
// killed. The reader is the process that holds an exclusive lock on the reading end.

#include "base/deadline.hpp"

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <string_view>

namespace progeny::platform {

/// Both ends, as each writer holds them. They are closed on exec.
struct RecordPipe {
  Handle read_end;
  Handle write_end;
  std::uint64_t identity = 0;  ///< Of the pipe; 0 means no pipe.
};

/// Makes a pipe.
/// - Throws: OSError.
[[nodiscard]] RecordPipe make_record_pipe();

/// The pipe of which this process was given both ends.
/// - Throws: OSError (`bad_file_descriptor`) if they are not the ends of one pipe.
[[nodiscard]] RecordPipe take_record_pipe(Handle read_end, Handle write_end);

/// Whether the two numbers still are this pipe's ends. A host that becomes a daemon closes numbers
/// that it does not know, and opens other files under them.
[[nodiscard]] bool is_intact(const RecordPipe& pipe) noexcept;

/// Whether some process is the reader. It is no longer when it has ended, however it ended.
/// - Throws: OSError.
[[nodiscard]] bool has_reader(native_handle read_end);

/// Makes this process the reader.
/// - Returns: a reading end of its own. While it is open here, or in a copy of this process, no
///   other process can become the reader. None if there is a reader already.
/// - Throws: OSError.
[[nodiscard]] Handle become_reader(native_handle read_end);

/// Writes a record of at most 512 bytes (PIPE_BUF of POSIX). It is written as a whole or not at
/// all, and does not mix with those of other writers. Goes on after EINTR.
/// - Throws: OSError; `timed_out` if the pipe stays full until the deadline. A pipe without any
///   reading end would raise SIGPIPE; this writer's own end rules that out.
void write_record(native_handle write_end,
                  std::string_view record,
                  const progeny::detail::Deadline& deadline);

}  // namespace progeny::platform
