#pragma once

// A child by bare system calls, for the contestants that mark the limit: no error handling, no
// signal safety, no descriptor closed, nothing that a library owes its callers.

#include <string>

namespace bench {

/// A child that `start_clone3` or `start_vfork` started.
struct RawChild {
  int pid = -1;
  int pidfd = -1;
};

/// What becomes the child's stdin and stdout; -1 leaves the parent's.
struct RawStreams {
  int in = -1;
  int out = -1;
};

/// clone3(CLONE_VM | CLONE_VFORK | CLONE_PIDFD) and execve(2).
RawChild start_clone3(const char* const* arguments, const RawStreams& streams = {});
/// waitid(2) on the pidfd, which is then closed.
void wait_clone3(const RawChild& child);

/// A pipe whose ends are close-on-exec.
struct RawPipe {
  RawPipe();
  RawPipe(const RawPipe&) = delete;
  RawPipe& operator=(const RawPipe&) = delete;
  ~RawPipe();
  /// Makes it hold 1 MiB, the most that a user without privileges may ask for.
  void enlarge() const;
  void close_read_end();
  void close_write_end();

  int read_end = -1;
  int write_end = -1;
};

}  // namespace bench
