#include "support/child_args.hpp"
#include "support/executable_file.posix.hpp"
#include "support/os_error.hpp"
#include "support/temp_dir.hpp"
#include "support/trace.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;
namespace fs = std::filesystem;

// The bytes of each argument that a child gets when it is started with `words`.
std::vector<std::string> seen_by_a_child(const std::vector<std::string>& words) {
  std::vector<std::string> command{test_child(), "print_args_hex"};
  command.insert(command.end(), words.begin(), words.end());
  std::istringstream lines(sp::check_output(command));
  std::vector<std::string> seen;
  for (std::string line; std::getline(lines, line);) {
    std::string bytes;
    for (std::size_t at = 0; at < line.size(); at += 2) {
      bytes += static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16));
    }
    seen.push_back(bytes);
  }
  return seen;
}

// The longest argument that Linux takes, with its end: 32 pages (execve(2)).
std::size_t longest_argument() {
  return 32 * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// SP-001
TEST(Args, ReachTheChildAsTheyAre) {
  const std::vector<std::string> words{"",   "a b",  "*",  "?",   "$HOME",  "~",  "\"",        "'",
                                       "\\", "\t",   "\n", "`x`", ";",      "%d", "--",        "-c",
                                       "{}", "a\nb", " ",  "&",   R"(\\")", "#x", "$(exit 3)", ""};
  EXPECT_EQ(seen_by_a_child(words), words);
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

// SP-001
TEST(Args, MayBeNone) {
  EXPECT_EQ(seen_by_a_child({}), std::vector<std::string>{});
}

// SP-002
TEST(Args, ExitCodesComeBackUnchanged) {
  for (const int code : {0, 1, 47, 100, 127, 255}) {
    EXPECT_EQ(sp::run(child("exit_with", std::to_string(code))).returncode, code);
  }
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
TEST(Args, EmptyListIsRefused) {
  EXPECT_THROW(sp::run(std::vector<std::string>{}), progeny::ValueError);
  EXPECT_THROW(sp::Popen(std::vector<std::string>{}), progeny::ValueError);
}

// SP-005
TEST(Args, EmptyProgramNameIsAnErrorOfTheSystem) {
  const Failure failure = failure_of([] { sp::run(std::vector<std::string>{""}); });
  EXPECT_TRUE(failure.error == EACCES || failure.error == ENOENT) << failure;
  EXPECT_EQ(failure.filename, "");
}

// SP-006
TEST(Args, NulInTheProgramIsRefused) {
  const Trace trace;
  const std::string program = test_child() + std::string(1, '\0');
  EXPECT_THROW(sp::run(std::vector<std::string>{program, "create_file", trace.path()}),
               progeny::ValueError);
  EXPECT_THROW(sp::run(program), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-006
TEST(Args, NulInAnArgumentIsRefused) {
  const Trace trace;
  EXPECT_THROW(sp::run(child("create_file", trace.path(), std::string(1, '\0'))),
               progeny::ValueError);
  EXPECT_THROW(sp::run(child("create_file", trace.path() + std::string("\0x", 2))),
               progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-006
TEST(Args, NulInFolderOrExecutableIsRefused) {
  const Trace trace;
  EXPECT_THROW(sp::run(trace.command(), {.cwd = std::string("/\0x", 3)}), progeny::ValueError);
  EXPECT_THROW(sp::run(trace.command(), {.executable = test_child() + std::string(1, '\0')}),
               progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-007
TEST(Args, StringsAndPathsMixInOneList) {
  EXPECT_EQ(sp::run({fs::path(test_child()), "exit_with", fs::path("57")}).returncode, 57);
  EXPECT_EQ(sp::run({test_child(), fs::path("exit_with"), std::string("57")}).returncode, 57);
}

// SP-007
TEST(Args, LonePathIsAListOfOne) {
  const TempDir dir;
  const fs::path script = make_script(dir.path() / "script", 57);
  EXPECT_EQ(sp::run(script).returncode, 57);
}

// SP-007
TEST(Args, LonePathIsRefusedTogetherWithShell) {
  const TempDir dir;
  const fs::path script = make_script(dir.path() / "script", 57);
  EXPECT_THROW(sp::run(script, {.shell = true}), progeny::ValueError);
}

// SP-007
TEST(Args, ExecutableAndFolderMayBePaths) {
  const TempDir dir;
  EXPECT_EQ(sp::check_output({"any", "print_cwd"},
                             {.executable = fs::path(test_child()), .cwd = dir.path()}),
            dir.path().string());
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
TEST(Popen, KnowsItsDirectChild) {
  const sp::Args args = child("print_process_ids");
  sp::Popen process(args, {.std_out = sp::PIPE});
  EXPECT_GT(process.pid(), 0);
  EXPECT_EQ(process.args().items(), args.items());
  EXPECT_EQ(process.returncode(), std::nullopt);
  EXPECT_EQ(std::stoi(process.communicate().std_out.value_or("0")), process.pid());
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
