#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>

#include <sys/syscall.h>

// What happens in sandboxes that refuse the calls by which children are signalled and waited for.

namespace {

using namespace progeny::testing;
using namespace std::chrono_literals;
namespace sp = progeny::subprocess;

// Kills a child at a time-out and by hand. 0: as it should be.
int kill_in_a_sandbox() {
  try {
    sp::run(child("pause_until_killed"), {.timeout = 50ms});
    return 1;
  } catch (const sp::TimeoutExpired&) {
  }
  sp::Popen p(child("pause_until_killed"), {.at_scope_exit = sp::AtScopeExit::wait});
  p.kill();
  return p.wait(very_long) == -SIGKILL ? 0 : 2;
}

// B1. Docker before 20.10 answers EPERM; older kernels ENOSYS.
TEST(RefusedPidfdSendSignal, IsMadeUpForByKill) {
  for (const int error : {EPERM, ENOSYS, EACCES, EINVAL}) {
    EXPECT_EQ(verdict_of_copy([error] {
                refuse_calls({SYS_pidfd_send_signal, SYS_pidfd_open}, error);
                return kill_in_a_sandbox();
              }),
              0)
        << error;
  }
}

// A8. A child that has changed its user may not be killed either.
TEST(RefusedKill, IsSaidInTimeAndNotWaitedFor) {
  EXPECT_EQ(
      verdict_of_copy([] {
        refuse_calls({SYS_pidfd_send_signal, SYS_kill}, EPERM);
        const auto begin = std::chrono::steady_clock::now();
        try {
          sp::run(child("print_then_exit_after_ms", "", "5000", "0"), {.timeout = 100ms});
          return 1;
        } catch (const sp::TimeoutExpired& error) {
          if (std::string_view(error.what()).find("may not be killed") == std::string_view::npos) {
            return 2;
          }
        }
        return std::chrono::steady_clock::now() - begin < 4s ? 0 : 3;
      }),
      0);
}

}  // namespace
