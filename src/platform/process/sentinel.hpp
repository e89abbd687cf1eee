#pragma once

// A handle that becomes readable when a process ends, however it ends. Python's word for it.
//
//   writing end: its owner alone  ===== pipe =====  reading end: its owner, and other processes
//
// When the owner ends, the system closes the writing end, and the reading end becomes readable.

#include <progeny/base/handle.hpp>

namespace progeny::platform {

/// This process's sentinel, made on first use. It stays open for as long as the process runs. Other
/// processes get it by inheritance or over a socket. A copy of this process made by fork(2) keeps
/// it open, but has a sentinel of its own.
/// - Throws: OSError.
/// - Threads: safe.
[[nodiscard]] native_handle own_sentinel();

/// Keeps `handle` open until the calling process ends or runs another program. A copy of this
/// process made by fork(2) closes it. So another process learns of the end of this one by the other
/// end of a socket or pipe.
/// - Threads: safe.
void hold_until_end(Handle handle);

/// Has the system kill the calling process with SIGKILL when the owner of `sentinel` ends, or now
/// if it has ended. Costs no signal handler, and a thread
/// only where there is no /proc. Cannot be undone.
/// - Throws: OSError.
void die_with(native_handle sentinel);

}  // namespace progeny::platform
