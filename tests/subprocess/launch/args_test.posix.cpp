#include "support/children/child_args.hpp"
#include "support/children/seen_args.hpp"
#include "support/children/trace.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/executable_file.posix.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;
namespace fs = std::filesystem;

// The longest argument that Linux takes, with its end: 32 pages (execve(2)).
std::size_t longest_argument() {
  return 32 * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// SP-001
TEST(Args, ReachTheChildWithEveryByteButNul) {
  std::vector<std::string> words(1);
  for (int byte = 1; byte <= 0xFF; ++byte) {
    words.front() += static_cast<char>(byte);
    words.emplace_back(1, static_cast<char>(byte));
  }
  EXPECT_EQ(seen_by_a_child(words), words);
}

// SP-003
TEST(ArgsString, IsThePathOfAProgram) {
  const TempDir dir;
  const std::string script = make_script(dir.path() / "with blank", 47);
  EXPECT_EQ(sp::run(script).returncode, 47);
}

// SP-003
TEST(ArgsString, IsNeverSplit) {
  EXPECT_EQ(failure_of([] { sp::run("true x", {.env = {}}); }), (Failure{ENOENT, "true x"}));
}

// SP-005
TEST(Args, EmptyProgramNameIsAnErrorOfTheSystem) {
  const Failure failure = failure_of([] { sp::run(std::vector<std::string>{""}); });
  EXPECT_TRUE(failure.error == EACCES || failure.error == ENOENT) << failure;
  EXPECT_EQ(failure.filename, "");
}

// SP-007
TEST(Args, LonePathIsAListOfOne) {
  const TempDir dir;
  const fs::path script = make_script(dir.path() / "script", 57);
  EXPECT_EQ(sp::run(script).returncode, 57);
}

// SP-008
TEST(Args, BytesThatAreNoUtf8PassThrough) {
  const TempDir dir;
  const fs::path folder = dir.path() / "\xFF\xFE folder";
  fs::create_directory(folder);
  const std::string script = make_executable(folder / "\x80script", "#!/bin/sh\npwd\necho \"$1\"");
  const std::string output = sp::check_output({script, "\xC3("}, {.cwd = folder});
  EXPECT_EQ(output, folder.string() + "\n\xC3(\n");
}

// SP-025
TEST(Args, LongestArgumentWorks) {
  EXPECT_EQ(sp::run(child("exit_with", "0", std::string(longest_argument() - 1, 'x'))).returncode,
            0);
}

// SP-025
TEST(Args, OneByteMoreIsALaunchError) {
  const std::string too_long(longest_argument(), 'x');
  EXPECT_EQ(failure_of([&] { sp::run(child("exit_with", "0", too_long)); }),
            (Failure{E2BIG, test_child()}));
}

// SP-025
TEST(Args, TooManyTogetherAreALaunchError) {
  const std::string word(longest_argument() - 1, 'x');
  std::vector<std::string> command(100, word);
  command.front() = test_child();
  EXPECT_EQ(failure_of([&] { sp::run(command); }), (Failure{E2BIG, test_child()}));
}

// SP-028
TEST(Popen, HasTheShellAsItsChild) {
  sp::Popen process("echo $$", {.std_out = sp::PIPE, .shell = true});
  EXPECT_TRUE(process.args().is_string());
  EXPECT_EQ(process.args().items(), std::vector<std::string>{"echo $$"});
  EXPECT_EQ(process.communicate().std_out, std::to_string(process.pid()) + "\n");
}

// SP-029
TEST(Options, OfWindowsAreRefused) {
  const Trace trace;
  EXPECT_THROW(sp::run(trace.command(), {.startupinfo = sp::StartupInfo{}}), progeny::ValueError);
  EXPECT_THROW(sp::run(trace.command(), {.creationflags = 1}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

}  // namespace
