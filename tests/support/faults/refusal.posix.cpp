#include "support/faults/refusal.posix.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::testing {

namespace {

constexpr sock_filter statement(unsigned code, unsigned value) {
  return {.code = static_cast<unsigned short>(code), .jt = 0, .jf = 0, .k = value};
}

// Skips so many statements if the condition holds, or if it does not.
constexpr sock_filter jump(unsigned code, unsigned value, unsigned char yes, unsigned char no) {
  return {
      .code = static_cast<unsigned short>(BPF_JMP | BPF_K | code), .jt = yes, .jf = no, .k = value};
}

constexpr sock_filter load(std::size_t offset) {
  return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset));
}

constexpr sock_filter answer(unsigned action, int error = 0) {
  return statement(BPF_RET | BPF_K, action | static_cast<unsigned>(error));
}

// Not every architecture has a vfork of its own; where it has none, nobody calls this number.
#ifdef SYS_vfork
constexpr unsigned vfork_number = SYS_vfork;
#else
constexpr unsigned vfork_number = ~0U;
#endif

void install(std::span<sock_filter> program) {
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()),
                          .filter = program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    ::_exit(99);
  }
}

}  // namespace

// The low half of clone's flags comes first on the little-endian machines of today.
void refuse_shared_memory() {
  std::array program{
      load(offsetof(seccomp_data, nr)),
      jump(BPF_JEQ, SYS_clone3, 4, 0),
      jump(BPF_JEQ, vfork_number, 4, 0),
      jump(BPF_JEQ, SYS_clone, 0, 4),
      load(offsetof(seccomp_data, args)),
      jump(BPF_JSET, CLONE_VFORK, 1, 2),
      answer(SECCOMP_RET_ERRNO, ENOSYS),
      answer(SECCOMP_RET_ERRNO, EPERM),
      answer(SECCOMP_RET_ALLOW),
  };
  install(program);
}

void refuse_calls(std::initializer_list<long> numbers, int error) {
  for (const long number : numbers) {
    std::array program{
        load(offsetof(seccomp_data, nr)),
        jump(BPF_JEQ, static_cast<unsigned>(number), 0, 1),
        answer(SECCOMP_RET_ERRNO, error),
        answer(SECCOMP_RET_ALLOW),
    };
    install(program);
  }
}

// Of an argument the low half comes first on the little-endian machines of today.
void refuse_calls_with(const CallWith& call, int error) {
  std::array program{
      load(offsetof(seccomp_data, nr)),
      jump(BPF_JEQ, static_cast<unsigned>(call.number), 0, 3),
      load(offsetof(seccomp_data, args) + call.argument * sizeof(__u64)),
      jump(BPF_JEQ, call.value, 0, 1),
      answer(SECCOMP_RET_ERRNO, error),
      answer(SECCOMP_RET_ALLOW),
  };
  install(program);
}

}  // namespace progeny::testing
