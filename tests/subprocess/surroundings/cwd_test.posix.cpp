#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>

#include <sys/fsuid.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;
namespace fs = std::filesystem;

// Lets this thread see files as an ordinary user does, even if the tests run as root, which may
// enter every folder.
class AsOrdinaryUser {
 public:
  AsOrdinaryUser() : before_(::setfsuid(::geteuid() == 0 ? nobody : ::geteuid())) {}
  AsOrdinaryUser(const AsOrdinaryUser&) = delete;
  AsOrdinaryUser& operator=(const AsOrdinaryUser&) = delete;
  ~AsOrdinaryUser() { ::setfsuid(static_cast<uid_t>(before_)); }

 private:
  static constexpr uid_t nobody = 65534;

  int before_;
};

// The set-up step that fails, and what the error says.
struct FailedStep {
  std::string call;
  Failure failure;
};

FailedStep failed_step(const sp::Options& options) {
  try {
    sp::run(child("exit_with", "0"), options);
    return {};
  } catch (const progeny::OSError& error) {
    return {.call = error.call(), .failure = failure_in(error)};
  }
}

// SP-076
TEST(Cwd, IsNormalised) {
  const TempDir dir;
  fs::create_directory(dir.path() / "sub");
  fs::create_directory_symlink("sub", dir.path() / "link");
  EXPECT_EQ(sp::check_output(child("print_cwd"), {.cwd = dir.path() / "sub" / ".." / "link" / "."}),
            (dir.path() / "sub").string());
}

// SP-078
TEST(Cwd, WithoutSearchPermissionIsNamed) {
  const TempDir dir;
  const fs::path locked = dir.path() / "locked";
  fs::create_directory(locked);
  fs::permissions(locked, fs::perms::none);
  const AsOrdinaryUser user;
  EXPECT_EQ(failure_of([&] { sp::run(child("exit_with", "0"), {.cwd = locked}); }),
            (Failure{EACCES, locked.string()}));
}

// SP-079
TEST(Cwd, IsNotBlamedForAnotherStep) {
  // The leader of a session may not leave its process group.
  const FailedStep step = failed_step({.cwd = "/", .start_new_session = true, .process_group = 0});
  EXPECT_EQ(step.call, "setpgid");
  EXPECT_EQ(step.failure, (Failure{EPERM, std::nullopt}));
}

// SP-079
TEST(Cwd, IsNotBlamedForABadDescriptor) {
  const FailedStep step = failed_step({.cwd = "/", .pass_fds = {987654}});
  EXPECT_EQ(step.failure, (Failure{EBADF, std::nullopt}));
}

}  // namespace
