#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/refusal.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// How descriptors are kept from programs in sandboxes and on older kernels.

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

std::string state_in_child(int descriptor, const sp::Options& options) {
  return sp::check_output(child("print_descriptor_state", std::to_string(descriptor)), options);
}

// Leaves two inheritable descriptors, and passes one of them. 0: the child has that one alone.
int pass_one_of_two(bool with_hook) {
  constexpr int passed = 100;
  constexpr int other = 500;
  ::dup2(STDERR_FILENO, passed);
  ::dup2(STDERR_FILENO, other);
  sp::Options options{.pass_fds = {passed}};
  if (with_hook) {
    options.preexec_fn = [] {};
  }
  return state_in_child(passed, options) == "open" && state_in_child(other, options) == "closed"
             ? 0
             : 1;
}

// B4. Without /proc the folder of open descriptors cannot be read, as here.
TEST(RefusedCloseRange, IsMadeUpForAlsoWithoutProc) {
  for (const int error : {EPERM, ENOSYS, EINVAL, EACCES, ENOENT}) {
    for (const bool with_hook : {false, true}) {
      EXPECT_EQ(verdict_of_copy([error, with_hook] {
                  refuse_calls({SYS_close_range, SYS_getdents64}, error);
                  return pass_one_of_two(with_hook);
                }),
                0)
          << error;
      EXPECT_EQ(verdict_of_copy([error, with_hook] {
                  refuse_calls({SYS_close_range, SYS_getdents64}, error);
                  // With as many descriptors as the child asks about at once.
                  refuse_calls_with({.number = SYS_ppoll, .argument = 1, .value = 128}, error);
                  return pass_one_of_two(with_hook);
                }),
                0)
          << error << ", no ppoll";
    }
  }
}

// B4. A limit of a few descriptors is less than what is asked about at once.
TEST(RefusedCloseRange, IsMadeUpForBelowASmallLimit) {
  EXPECT_EQ(verdict_of_copy([] {
              refuse_calls({SYS_close_range, SYS_getdents64}, ENOSYS);
              const rlimit small{.rlim_cur = 24, .rlim_max = 1024};
              ::setrlimit(RLIMIT_NOFILE, &small);
              ::dup2(STDERR_FILENO, 23);
              return state_in_child(23, {}) == "closed" ? 0 : 1;
            }),
            0);
}

// B4
TEST(RefusedCloseRange, WithNothingElseNamesTheCallThatFailed) {
  EXPECT_EQ(verdict_of_copy([] {
              refuse_calls({SYS_close_range, SYS_getdents64, SYS_prlimit64}, EPERM);
              try {
                sp::call(child("exit_with", "0"));
                return 1;
              } catch (const progeny::OSError& error) {
                return error.call() == "getrlimit" && error.code().value() == EPERM ? 0 : 2;
              }
            }),
            0);
}

}  // namespace
