#pragma once

// A process with all that descend from it.

#include <system_error>

namespace progeny::platform {

/// Kills a process, which must not have been reaped, and its descendants.
///
/// POSIX: all are stopped first, and looked for until there are no new ones, so that none escapes
/// by starting another. A descendant is a child of one that is known, or a member of a session or
/// process group that a known one leads. So one that has made a session of its own is found as long
/// as the line of its parents is unbroken; it escapes if its parent has ended and it left the
/// session and the group, too (a daemon). Windows: descendants by the numbers and ages of their
/// parents.
/// - Returns: the first error; those that may not be killed go on.
/// - Throws: std::bad_alloc.
/// - Blocks: for some passes through the list of processes; at most about a second, if one of them
///   cannot be stopped for that long.
std::error_code kill_tree(int root);

/// Asks a process, which must not have been reaped, and its descendants to end: SIGTERM. On Windows
/// it kills them.
/// - Returns, throws: as `kill_tree`.
std::error_code terminate_tree(int root);

}  // namespace progeny::platform
