// The two versions of clone(2). Both make a child in our memory with a stack of its own, return a
// pidfd, and let the parent sleep until the child has left the memory. So they are as cheap as
// vfork(2), but do not return twice in one frame.

#include "platform/launch/spawn.posix.hpp"
#include "platform/system/errno.posix.hpp"
#include "platform/system/features.hpp"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>

#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// The child's stack is a local array, as those pages are in use already; mapping pages for each
// launch would be slower. child_exec needs about 3 KiB (the walk over /proc/self/fd). No signal
// frame comes on top, as all signals are blocked.
constexpr std::size_t stack_size = 16UL * 1024;

constexpr std::uint64_t shared_memory_flags = CLONE_VM | CLONE_VFORK;

std::uint64_t pidfd_flag() noexcept {
  return is_disabled(Feature::pidfd) ? 0 : CLONE_PIDFD;
}

#if defined(__x86_64__)

// The child is on another stack, so it cannot return through the parent's frames: it must call
// child_exec right after the system call, in instructions of ours. The C library does not export
// clone3(2). Its clone(2) is intercepted by the thread sanitizer, which takes the child for one
// with memory of its own.
long call_and_run(long number,
                  std::uint64_t first,
                  std::uint64_t second,
                  std::uint64_t third,
                  ChildPlan& plan) noexcept {
  long result = number;  // NOLINT(misc-const-correctness): the instructions write it.
  const auto entry = &child_exec;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"  // Ends the chain of frames for debuggers.
      "mov %[plan], %%rdi\n\t"
      "call *%[entry]\n\t"
      "ud2\n"
      "1:"
      : "+a"(result)
      : "D"(first), "S"(second), "d"(third), [plan] "r"(&plan), [entry] "r"(entry)
      : "rcx", "r11", "memory");
  return result;
}

long clone3_and_run(const clone_args& arguments, ChildPlan& plan) noexcept {
  const auto address = reinterpret_cast<std::uint64_t>(&arguments);
  return call_and_run(SYS_clone3, address, sizeof arguments, 0, plan);
}

long clone_and_run(std::uint64_t flags,
                   std::byte* stack_end,
                   int* process,
                   ChildPlan& plan) noexcept {
  return call_and_run(SYS_clone,
                      flags,
                      reinterpret_cast<std::uint64_t>(stack_end),
                      reinterpret_cast<std::uint64_t>(process),
                      plan);
}

#else

// For other processors there are no such instructions here; they use the C library's clone(2).
long clone3_and_run(const clone_args&, ChildPlan&) noexcept {
  return -ENOSYS;
}

int run_child(void* plan) noexcept {
  child_exec(*static_cast<ChildPlan*>(plan));
  return 0;
}

long clone_and_run(std::uint64_t flags,
                   std::byte* stack_end,
                   int* process,
                   ChildPlan& plan) noexcept {
  const int pid = ::clone(&run_child, stack_end, static_cast<int>(flags), &plan, process);
  return pid == -1 ? -errno : pid;
}

#endif

Spawned spawned(long result, int process) noexcept {
  if (result < 0) {
    return {.pid = -1, .error = static_cast<int>(-result)};
  }
  return {.pid = static_cast<int>(result), .process = process};
}

}  // namespace

Spawned spawn_clone3(ChildPlan& plan) noexcept {
  plan.resets_handlers = false;
  alignas(64) std::byte stack[stack_size];
  int process = -1;
  clone_args arguments{};
  arguments.flags = shared_memory_flags | CLONE_CLEAR_SIGHAND | pidfd_flag();
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&process);
  arguments.exit_signal = SIGCHLD;
  arguments.stack = reinterpret_cast<std::uint64_t>(stack);
  arguments.stack_size = stack_size;
  const long result = clone3_and_run(arguments, plan);
  return spawned(result, process);
}

Spawned spawn_clone(ChildPlan& plan) noexcept {
  plan.resets_handlers = true;
  alignas(64) std::byte stack[stack_size];
  int process = -1;
  const std::uint64_t flags = shared_memory_flags | pidfd_flag() | SIGCHLD;
  const long result = clone_and_run(flags, stack + stack_size, &process, plan);
  return spawned(result, process);
}

}  // namespace progeny::platform
