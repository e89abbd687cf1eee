// The raw system calls of child_exec; child_exec.posix.cpp says why nothing else is allowed here.
// syscall(2) sets errno, which the child shares with the parent's thread. That thread waits
// meanwhile, and restores errno afterwards.

#include "platform/launch/child_calls.posix.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform::child_calls {

namespace {

constexpr int signal_count = 64;

// The kernel's own struct sigaction, which differs from the C library's.
struct KernelAction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)();
  SignalBits mask;
};

// All zero, as SIG_DFL is null. In static memory, as compilers would fill a local one by memset(3),
// which sanitizers intercept.
constexpr KernelAction default_action{};
constexpr timespec at_once{};

template <class... Arguments>
long call(long number, Arguments... arguments) noexcept {
  const long result = ::syscall(number, arguments...);
  return result == -1 ? -errno : result;
}

template <class... Arguments>
long call_retrying(long number, Arguments... arguments) noexcept {
  for (;;) {
    const long result = call(number, arguments...);
    if (result != -EINTR) {
      return result;
    }
  }
}

bool is_kept(int descriptor, const int* kept, std::size_t kept_count) noexcept {
  for (std::size_t i = 0; i < kept_count; ++i) {
    if (kept[i] == descriptor) {
      return true;
    }
  }
  return false;
}

// The name of an entry of /proc/self/fd as a number; -1 for `.` and `..`.
int number_of(const char* name) noexcept {
  int number = 0;
  for (; *name != '\0'; ++name) {
    if (*name < '0' || *name > '9') {
      return -1;
    }
    number = number * 10 + (*name - '0');
  }
  return number;
}

// The layout of an entry of getdents64(2); the name goes on behind it.
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

constexpr int first_swept = 3;

void mark(int descriptor, const int* kept, std::size_t kept_count) noexcept {
  if (descriptor >= first_swept && !is_kept(descriptor, kept, kept_count)) {
    call(SYS_fcntl, descriptor, F_SETFD, FD_CLOEXEC);
  }
}

void mark_entries(const char* entries,
                  long size,
                  const int* kept,
                  std::size_t kept_count) noexcept {
  for (long at = 0; at < size;) {
    const auto* entry = reinterpret_cast<const DirectoryEntry*>(entries + at);
    mark(number_of(entry->name), kept, kept_count);
    at += entry->length;
  }
}

// By the folder of the open descriptors.
long mark_listed(const int* kept, std::size_t kept_count) noexcept {
  const long folder =
      call(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (folder < 0) {
    return folder;
  }
  alignas(DirectoryEntry) char entries[2048];
  for (;;) {
    const long size = call(SYS_getdents64, folder, entries, sizeof entries);
    if (size <= 0) {
      call(SYS_close, folder);
      return size;
    }
    mark_entries(entries, size, kept, kept_count);
  }
}

// Which of 128 numbers are open is asked in one call: a limit may be a thousand million, as in
// containers. If the call is refused, all count as open.
void mark_block(int first, int count, const int* kept, std::size_t kept_count) noexcept {
  constexpr int most = 128;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled as far as it is used.
  pollfd entries[most];
  for (int i = 0; i < count; ++i) {
    entries[i] = {.fd = first + i, .events = 0, .revents = 0};
  }
  const bool is_known = call(SYS_ppoll, entries, count, &at_once, nullptr, 0) >= 0;
  for (int i = 0; i < count; ++i) {
    if (!is_known || (entries[i].revents & POLLNVAL) == 0) {
      mark(first + i, kept, kept_count);
    }
  }
}

// Without /proc: every number below the limit, as CPython does. A descriptor above it, from before
// the limit was lowered, is not found.
long mark_up_to_limit(const int* kept, std::size_t kept_count) noexcept {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the kernel fills it.
  rlimit limit;
  const long result = call(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
  if (result < 0) {
    return result;
  }
  constexpr rlim_t largest = 0x7fff'ffff;
  const int end = static_cast<int>(limit.rlim_cur < largest ? limit.rlim_cur : largest);
  constexpr int block = 128;
  for (int first = first_swept; first < end;) {
    const int count = end - first < block ? end - first : block;
    mark_block(first, count, kept, kept_count);
    first += count;
  }
  return 0;
}

}  // namespace

long chdir(const char* path) noexcept {
  return call(SYS_chdir, path);
}

long close_on_exec_from(unsigned first, unsigned last) noexcept {
  return call(SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC);
}

long dup_onto(int from, int to) noexcept {
  return call_retrying(SYS_dup3, from, to, 0);
}

long dup_above(int descriptor, int least) noexcept {
  return call(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, least);
}

long execute(const char* path, char* const* arguments, char* const* environment) noexcept {
  return call(SYS_execve, path, arguments, environment);
}

void exit_now(int status) noexcept {
  call(SYS_exit_group, status);
}

long keep_on_exec(int descriptor) noexcept {
  return call(SYS_fcntl, descriptor, F_SETFD, 0);
}

// Marks instead of closing: the folder that is walked, and the report pipe, are among them.
long mark_all_close_on_exec(const int* kept, std::size_t kept_count) noexcept {
  return mark_listed(kept, kept_count) == 0 ? 0 : mark_up_to_limit(kept, kept_count);
}

// A handler must not run in the child, where it would work on the parent's memory. Ignored signals
// stay ignored through exec, as Python's do. Signals that cannot be changed answer EINVAL.
long reset_handlers() noexcept {
  for (int signal = 1; signal <= signal_count; ++signal) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the kernel fills it.
    KernelAction action;
    if (call(SYS_rt_sigaction, signal, nullptr, &action, sizeof(SignalBits)) == 0 &&
        action.handler != SIG_IGN && action.handler != SIG_DFL) {
      reset_signal(signal);
    }
  }
  return 0;
}

long reset_signal(int signal) noexcept {
  return call(SYS_rt_sigaction, signal, &default_action, nullptr, sizeof(SignalBits));
}

// The C library's versions of these three make every thread of the process follow (nptl(7)); here
// that would be the parent's threads.
long set_groups(const std::uint32_t* groups, std::size_t count) noexcept {
  return call(SYS_setgroups, count, groups);
}

long set_group(std::uint32_t group) noexcept {
  return call(SYS_setresgid, group, group, group);
}

long set_user(std::uint32_t user) noexcept {
  return call(SYS_setresuid, user, user, user);
}

long set_mask(SignalBits mask) noexcept {
  return call(SYS_rt_sigprocmask, SIG_SETMASK, &mask, nullptr, sizeof mask);
}

long set_process_group(int group) noexcept {
  return call(SYS_setpgid, 0, group);
}

long set_session() noexcept {
  return call(SYS_setsid);
}

long set_terminal(int terminal) noexcept {
  return call(SYS_ioctl, terminal, TIOCSCTTY, 0);
}

long set_umask(unsigned mask) noexcept {
  return call(SYS_umask, mask);
}

long write_all(int descriptor, const void* bytes, std::size_t size) noexcept {
  return call_retrying(SYS_write, descriptor, bytes, size);
}

}  // namespace progeny::platform::child_calls
