#pragma once

// Files without a name that live in memory: what shared memory and start data are made of. POSIX
// only.

#include <progeny/base/handle.hpp>

#include <cstddef>

namespace progeny::platform {

/// An empty file without a name, closed on exec.
struct UnnamedFile {
  Handle file;
  bool is_sealable = false;  ///< Whether seals (fcntl(2)) can keep it from shrinking.
};

/// Makes one by memfd_create(2). Where a kernel or a sandbox refuses that, a file in `/dev/shm` or
/// in the folder for temporary files stands in, which is unlinked at once and cannot be sealed.
/// `name` is only for the system's lists of open files.
/// - Throws: OSError with the call `memfd_create`.
[[nodiscard]] UnnamedFile make_unnamed_file(const char* name);

/// Whether `file`, which is not sealed, may have been made by another process in the place of a
/// sealed one: memfd_create(2) is refused here, too, and it is a file of this user without a name.
[[nodiscard]] bool is_stand_in(native_handle file) noexcept;

/// fallocate(2), which goes on after EINTR. A file that gets longer than the process may make one
/// (`ulimit -f`) is EFBIG alone, and no SIGXFSZ.
/// - Returns: 0, or -1 with `errno` set.
[[nodiscard]] int allocate(native_handle file, std::size_t offset, std::size_t size) noexcept;

}  // namespace progeny::platform
