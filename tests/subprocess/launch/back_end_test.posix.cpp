#include "platform/launch/launch.hpp"
#include "platform/launch/spawn.posix.hpp"
#include "support/children/child_args.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/host_state.posix.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os/environment.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>

#include <unistd.h>

namespace {

using namespace progeny::testing;
using progeny::platform::BackEnd;
namespace sp = progeny::subprocess;

constexpr std::array back_ends{BackEnd::clone3, BackEnd::clone, BackEnd::vfork, BackEnd::fork};

// Tests that look at a child from every side, for the sake of how it is made. They are part of
// this program, which runs itself once more: the library chooses its back end once per process.
constexpr const char* telling_tests =
    "--gtest_filter=Args.*:ArgsString.*:ChildSetUp.*:Cwd.*:Env.*:ForcedBackEnd.*:LaunchError.*:"
    "Popen.*:ProgramSearch.*:RelativeProgram.*:UnfitProgram.*";

sp::CompletedProcess run_telling_tests(const sp::Options& options) {
  sp::Options captured = options;
  captured.std_out = sp::PIPE;
  captured.std_err = sp::STDOUT;
  return sp::run({std::filesystem::canonical("/proc/self/exe"), telling_tests}, captured);
}

// Everything that a child can be told to change about itself without privileges.
sp::Options all_set_up(const std::filesystem::path& folder) {
  return {.std_in = sp::PIPE,
          .std_out = sp::PIPE,
          .std_err = sp::STDOUT,
          .cwd = folder,
          .env = {{"PROGENY_FRUIT", "apple"}},
          .start_new_session = true,
          .user = ::geteuid(),
          .umask = 0123};
}

// SP-175
TEST(ChildSetUp, LeavesTheParentAsItIs) {
  const TempDir dir;
  const HostState before = host_state();
  const std::size_t descriptors = open_descriptors();
  errno = ENOTTY;
  sp::run(child("exit_with", "0"), all_set_up(dir.path()));
  EXPECT_EQ(errno, ENOTTY);
  EXPECT_TRUE(host_state() == before);
  EXPECT_EQ(open_descriptors(), descriptors);
}

// SP-175
TEST(ChildSetUp, LeavesTheParentAsItIsWhenItFails) {
  const TempDir dir;
  const HostState before = host_state();
  const std::size_t descriptors = open_descriptors();
  EXPECT_THROW(sp::run({"/no/such/program"}, all_set_up(dir.path())), progeny::OSError);
  EXPECT_TRUE(host_state() == before);
  EXPECT_EQ(open_descriptors(), descriptors);
}

// SP-175
TEST(ChildSetUp, LeavesOptionsAndArgumentsAlone) {
  const TempDir dir;
  const sp::Args args = child("print_cwd", "word");
  const sp::Options options = all_set_up(dir.path());
  EXPECT_EQ(sp::run(args, options).std_out, dir.path().string());
  EXPECT_EQ(sp::run(args, options).std_out, dir.path().string());
  EXPECT_EQ(args.items(), child("print_cwd", "word").items());
}

// SP-176
TEST(ForcedBackEnd, IsUsedWhereItWorks) {
  const std::string wanted = progeny::os::environment().get("PROGENY_LAUNCH").value_or("clone3");
  for (const BackEnd back_end : back_ends) {
    if (name_of(back_end) == wanted &&
        (back_end == BackEnd::fork || progeny::platform::shares_memory(back_end))) {
      EXPECT_EQ(progeny::platform::launch_back_end(), wanted);
    }
  }
}

// SP-176
TEST(BackEnd, CannotBeToldFromAnother) {
  for (const BackEnd back_end : back_ends) {
    progeny::Environment env = progeny::os::environment();
    env.set("PROGENY_LAUNCH", name_of(back_end));
    const auto done = run_telling_tests({.env = env});
    EXPECT_EQ(done.returncode, 0) << name_of(back_end) << ":\n" << done.std_out.value_or("");
  }
}

// SP-176
TEST(BackEnd, IsForkWhereTheSystemRefusesTheOthers) {
  const auto done = run_telling_tests({.preexec_fn = &refuse_shared_memory});
  EXPECT_EQ(done.returncode, 0) << done.std_out.value_or("");
}

// SP-176
TEST(BackEnd, ThatIsRefusedIsNoticed) {
  const auto look = [] {
    refuse_shared_memory();
    ::_exit(progeny::platform::shares_memory(BackEnd::clone3) ||
                    progeny::platform::shares_memory(BackEnd::clone) ||
                    progeny::platform::shares_memory(BackEnd::vfork)
                ? 1
                : 9);
  };
  EXPECT_EQ(sp::run(child("exit_with", "0"), {.preexec_fn = look}).returncode, 9);
}

// SP-176
TEST(BackEnd, ThatIsRefusedAfterItHasWorkedGivesWayToFork) {
  ASSERT_EQ(sp::run(child("exit_with", "0")).returncode, 0);
  const auto launch = [] {
    refuse_shared_memory();
    ::_exit(static_cast<int>(sp::run(child("exit_with", "47")).returncode));
  };
  EXPECT_EQ(sp::run(child("exit_with", "0"), {.preexec_fn = launch}).returncode, 47);
}

}  // namespace
