#include "peers/raw_child.hpp"

#include "peers/peer.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

constexpr int pipe_size = 1024 * 1024;
constexpr int exec_failed = 127;

struct Plan {
  const char* const* arguments;
  RawStreams streams;
};

int run_child(void* context) {
  const auto& plan = *static_cast<const Plan*>(context);
  if (plan.streams.in >= 0) {
    dup2(plan.streams.in, STDIN_FILENO);
  }
  if (plan.streams.out >= 0) {
    dup2(plan.streams.out, STDOUT_FILENO);
  }
  execve(plan.arguments[0], const_cast<char* const*>(plan.arguments), environ);
  _exit(exec_failed);
}

// The child must not return through frames that the parent still needs, so it begins on a stack
// of its own, by instructions of ours: the C library has no function for clone3(2).
#if defined(__x86_64__)
long clone3(const clone_args& how, int (*entry)(void*), void* context) {
  long result = SYS_clone3;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "mov %[context], %%rdi\n\t"
      "call *%[entry]\n\t"
      "hlt\n"
      "1:"
      : "+a"(result)
      : "D"(&how), "S"(sizeof how), [entry] "r"(entry), [context] "r"(context)
      : "rcx", "r11", "memory");
  return result;
}
#else
// Elsewhere clone(2), which does the same in the kernel.
long clone3(const clone_args& how, int (*entry)(void*), void* context) {
  auto* const stack_end = reinterpret_cast<char*>(how.stack + how.stack_size);
  const auto flags = static_cast<int>(how.flags | how.exit_signal);
  return ::clone(entry, stack_end, flags, context, reinterpret_cast<int*>(how.pidfd));
}
#endif

}  // namespace

RawChild start_clone3(const char* const* arguments, const RawStreams& streams) {
  alignas(64) std::byte stack[8192];
  Plan plan{.arguments = arguments, .streams = streams};
  RawChild child;
  clone_args how{};
  how.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD;
  how.pidfd = reinterpret_cast<std::uint64_t>(&child.pidfd);
  how.exit_signal = SIGCHLD;
  how.stack = reinterpret_cast<std::uint64_t>(stack);
  how.stack_size = sizeof stack;
  const long pid = clone3(how, run_child, &plan);
  if (pid < 0) {
    throw std::system_error(static_cast<int>(-pid), std::generic_category(), "clone3");
  }
  child.pid = static_cast<int>(pid);
  return child;
}

void wait_clone3(const RawChild& child) {
  siginfo_t info{};
  waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(child.pidfd), &info, WEXITED);
  close(child.pidfd);
  require_success(info.si_status);
}

RawPipe::RawPipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  read_end = ends[0];
  write_end = ends[1];
}

RawPipe::~RawPipe() {
  close_read_end();
  close_write_end();
}

void RawPipe::enlarge() const {
  fcntl(read_end, F_SETPIPE_SZ, pipe_size);
}

void RawPipe::close_read_end() {
  if (read_end >= 0) {
    close(read_end);
    read_end = -1;
  }
}

void RawPipe::close_write_end() {
  if (write_end >= 0) {
    close(write_end);
    write_end = -1;
  }
}

}  // namespace bench
