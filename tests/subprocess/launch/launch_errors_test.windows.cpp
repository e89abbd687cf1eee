#include "support/children/child_args.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os/environment.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <system_error>

#include <windows.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

progeny::OSError error_of(const std::function<void()>& launch) {
  try {
    launch();
  } catch (const progeny::OSError& error) {
    return error;
  }
  return {std::error_code(), "nothing"};
}

// SP-177
TEST(LaunchErrors, OfAMissingProgramKeepTheSystemsNumber) {
  const auto error = error_of([] { const sp::Popen p({"no such program", "x"}); });
  EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error.code().category(), std::system_category());
  EXPECT_EQ(error.code().value(), ERROR_FILE_NOT_FOUND);
  EXPECT_EQ(error.filename(), "no such program");
}

// SP-177
TEST(LaunchErrors, OfAFileThatIsNoProgramSaySo) {
  const TempDir folder;
  const std::string name = (folder.path() / "text.exe").string();
  std::ofstream(name) << "this is no program\n";
  const auto error = error_of([&] { const sp::Popen p({name}); });
  EXPECT_EQ(error.code(), std::errc::executable_format_error) << error.what();
  EXPECT_EQ(error.code().value(), ERROR_BAD_EXE_FORMAT);
}

// SP-177
TEST(LaunchErrors, OfAFolderAreDenials) {
  const TempDir folder;
  const auto error = error_of([&] { const sp::Popen p({folder.path().string()}); });
  // Wine looks on for a program with the folder's name and `.exe`.
  EXPECT_TRUE(error.code() == std::errc::permission_denied ||
              error.code() == std::errc::no_such_file_or_directory)
      << error.what();
}

// SP-015
TEST(LaunchErrors, OfAnEmptyExecutableNeverFallBack) {
  const auto error =
      error_of([] { const sp::Popen p(child("exit_with", "0"), {.executable = std::string()}); });
  EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
}

// SP-024: CreateProcess looks where this process would, whatever the child is told.
TEST(ProgramSearch, KnowsNothingOfTheChildsPathAndFolder) {
  const TempDir folder;
  std::filesystem::copy_file(test_child(), folder.path() / "progeny_only_here.exe");
  auto env = progeny::os::environment();
  env.set("PATH", folder.path().string());
  const sp::Args args{"progeny_only_here", "exit_with", "5"};
  EXPECT_THROW(sp::call(args, {.env = env}), progeny::OSError);
  EXPECT_THROW(sp::call(args, {.cwd = folder.path()}), progeny::OSError);
  const ScopedEnv here("PATH", folder.path().string());
  EXPECT_EQ(sp::call(args), 5);
}

// SP-029, SP-188
TEST(Options, OfPosixAreRefused) {
  const auto refused = [](const sp::Options& options) {
    EXPECT_THROW(sp::call(child("exit_with", "0"), options), progeny::ValueError);
  };
  refused({.preexec_fn = [] {}});
  refused({.start_new_session = true});
  refused({.pass_fds = {3}});
  refused({.user = 0});
  refused({.group = 0});
  refused({.extra_groups = sp::Groups{}});
  refused({.umask = 022});
  refused({.pipesize = 65536});
  refused({.process_group = 7});
}

}  // namespace
