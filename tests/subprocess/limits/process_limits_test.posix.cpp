#include "platform/launch/launch.hpp"
#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/children/public_child.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/host_state.posix.hpp"
#include "support/system/process_facts.posix.hpp"
#include "support/system/scoped_limit.posix.hpp"

#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

const Failure refused{.error = EAGAIN};

// Lets the user of this process have no more than `count` processes, for as long as it lives. This
// process is one of them, so the default lets no other begin.
class ProcessLimit : ScopedLimit {
 public:
  explicit ProcessLimit(rlim_t count = 1) : ScopedLimit(RLIMIT_NPROC, count) {}
};

// A user id that most likely has no process, and that no other test takes at the same time.
uid_t stranger() {
  return 20'000 + static_cast<uid_t>(::getpid()) % 40'000;
}

// Runs the expectations of `body` in a copy of this process. The limit does not bind root, so a
// copy made by root first becomes another user.
void as_a_user(const std::function<void()>& body) {
  const int verdict = verdict_of_copy([&body] {
    if (::geteuid() == 0) {
      EXPECT_EQ(::setuid(stranger()), 0);
    }
    body();
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  EXPECT_EQ(verdict, 0);
}

sp::Options with_hook() {
  sp::Options options = all_pipes();
  options.preexec_fn = [] {};
  return options;
}

TEST(ProcessLimit, ReachedIsEAGAINWithoutAFileAndLeavesNothing) {
  const PublicChild program;
  as_a_user([&] {
    const ProcessLimit limit;
    const auto launch = [&](const sp::Options& options) {
      return failure_of([&] { const sp::Popen p(program.with("exit_with", "0"), options); });
    };
    EXPECT_EQ(launch({}), refused);  // What is set up once exists from here on.
    const HostState before = host_state();
    const std::size_t descriptors = open_descriptors();
    for (const sp::Options& options : {sp::Options(), all_pipes(), with_hook()}) {
      for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(launch(options), refused);
      }
    }
    EXPECT_FALSE(has_child());
    EXPECT_EQ(open_descriptors(), descriptors);
    EXPECT_TRUE(host_state() == before);
  });
}

TEST(ProcessLimit, ReachedIsEAGAINForTheShellToo) {
  as_a_user([] {
    const ProcessLimit limit;
    EXPECT_EQ(failure_of([] { static_cast<void>(progeny::os::popen("exit 0")); }), refused);
    EXPECT_EQ(failure_of([] { static_cast<void>(sp::getoutput("exit 0")); }), refused);
    // Which of the two depends on the C library, whose system(3) may say that there is no shell.
    int status = -1;
    const Failure failure = failure_of([&] { status = progeny::os::system("exit 0"); });
    EXPECT_TRUE(failure == refused || status == 127 << 8) << failure << status;
    EXPECT_FALSE(has_child());
  });
}

TEST(ProcessLimit, LiftedLetsTheNextLaunchWork) {
  const PublicChild program;
  as_a_user([&] {
    {
      const ProcessLimit limit;
      EXPECT_EQ(failure_of([&] { sp::call(program.with("exit_with", "0")); }), refused);
    }
    EXPECT_EQ(sp::run(program.with("upper_stdin"), {.input = "pear", .std_out = sp::PIPE}).std_out,
              "PEAR");
  });
}

// Whether a process whose first launch was refused makes the next one by the same back end as other
// processes do.
bool is_told_nothing_by_a_refusal(const PublicChild& program) {
  constexpr int first = 10;
  constexpr std::array names{"clone3", "clone", "vfork", "fork"};
  const int verdict = verdict_of_copy([&] {
    if (::geteuid() == 0 && ::setuid(stranger()) != 0) {
      return 1;
    }
    {
      const ProcessLimit limit;
      static_cast<void>(failure_of([&] { sp::call(program.with("exit_with", "0")); }));
    }
    const std::string_view used = progeny::platform::launch_back_end();
    return first + static_cast<int>(std::ranges::find(names, used) - names.begin());
  });
  return verdict >= first &&
         progeny::platform::launch_back_end() ==
             std::string_view(names.at(static_cast<std::size_t>(verdict - first)));
}

// The first launch of a process finds out what the system can do. ctest runs each test in a process
// of its own; in a whole program an earlier test has found it out.
TEST(ProcessLimit, ReachedAtTheFirstLaunchIsNotTakenForWhatTheSystemCannotDo) {
  const PublicChild program;
  EXPECT_TRUE(is_told_nothing_by_a_refusal(program));
}

TEST(ProcessLimit, HasRoomAgainForEachChildThatIsReaped) {
  const PublicChild program;
  // A user id without an account has no other processes.
  const bool alone = ::geteuid() == 0;
  as_a_user([&] {
    const ProcessLimit limit(5);
    const sp::Options options{.at_scope_exit = sp::AtScopeExit::kill};
    for (int round = 0; round < 3; ++round) {
      std::vector<sp::Popen> children;
      const auto launch_until_refused = [&] {
        while (children.size() < 5) {
          children.emplace_back(program.with("pause_until_killed"), options);
        }
      };
      EXPECT_EQ(failure_of(launch_until_refused), refused);
      EXPECT_TRUE(!children.empty() || !alone);
    }
  });
}

TEST(ProcessLimit, ReachedDoesNotDisturbAChildThatRuns) {
  const PublicChild program;
  as_a_user([&] {
    sp::Popen talking(program.with("echo_to_both"), all_pipes());
    sp::Popen waiting(program.with("exit_on_eof", "3"), {.std_in = sp::PIPE});
    const ProcessLimit limit;
    EXPECT_EQ(talking.communicate("pear").std_err, "pear");
    EXPECT_EQ(waiting.poll(), std::nullopt);
    waiting.std_in().close();
    EXPECT_EQ(waiting.wait(), 3);
  });
}

// Without pidfd a wait with a limit needs a thread, and threads count as processes.
TEST(ProcessLimit, ReachedIsEAGAINForATimedWaitThatNeedsAThread) {
  const PublicChild program;
  as_a_user([&] {
    sp::Popen p(program.with("exit_on_eof", "3"), {.std_in = sp::PIPE});
    const ProcessLimit limit;
    const bool by_thread = progeny::os::environment().get("PROGENY_WITHOUT") == "pidfd";
    if (by_thread) {
      EXPECT_EQ(failure_of([&p] { p.wait(0s); }), refused);
    } else {
      EXPECT_THROW(p.wait(0s), sp::TimeoutExpired);
    }
    p.std_in().close();
    EXPECT_EQ(p.wait(), 3);
  });
}

TEST(ProcessLimit, ReachedWhenAPopenIsDroppedLeavesNoZombie) {
  const PublicChild program;
  as_a_user([&] {
    int pid = 0;
    {
      sp::Popen p(program.with("exit_on_eof", "0"), {.std_in = sp::PIPE});
      pid = p.pid();
      const ProcessLimit limit;
      const sp::Popen dropped = std::move(p);
    }
    ASSERT_TRUE(eventually([&] { return !is_running(pid); }));
    EXPECT_EQ(sp::call(program.with("exit_with", "4")), 4);
    EXPECT_TRUE(eventually([&] { return !is_unreaped_child(pid); }));
  });
}

}  // namespace
