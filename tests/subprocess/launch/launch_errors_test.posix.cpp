#include "platform/launch/child_exec.posix.hpp"
#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/executable_file.posix.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

bool is_pipe_to_write(int descriptor) {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode) &&
         (::fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_WRONLY;
}

// A hook is the only code of ours in the child. It injects a report by writing to every pipe
// above the standard streams; the library's is among them.
void write_to_report_pipe(const void* bytes, std::size_t count) {
  constexpr int enough = 256;
  for (int descriptor = 3; descriptor < enough; ++descriptor) {
    if (is_pipe_to_write(descriptor)) {
      static_cast<void>(!::write(descriptor, bytes, count));
    }
  }
}

// As if the exec in the child had failed with this number.
[[noreturn]] void report_failed_exec(int error) {
  using namespace progeny::platform;
  const ChildReport report{.magic = ChildReport::expected_magic,
                           .failed = static_cast<std::uint32_t>(LaunchStep::exec),
                           .error = error};
  write_to_report_pipe(&report, sizeof report);
  ::_exit(255);
}

// SP-168
TEST(LaunchError, CarriesTheNumberOfTheSystem) {
  const TempDir dir;
  const std::string empty = make_executable(dir.path() / "empty", "");
  const std::string busy = make_script(dir.path() / "busy", 0);
  const std::string inside_a_file = busy + "/program";
  const std::string long_name = "/" + std::string(300, 'x');
  const std::ofstream writer(busy, std::ios::app);
  const auto failure = [](const std::string& program) {
    return failure_of([&] { sp::run(std::vector{program}); });
  };
  EXPECT_EQ(failure(empty), (Failure{ENOEXEC, empty}));
  EXPECT_EQ(failure(busy), (Failure{ETXTBSY, busy}));
  EXPECT_EQ(failure(inside_a_file), (Failure{ENOTDIR, inside_a_file}));
  EXPECT_EQ(failure(long_name), (Failure{ENAMETOOLONG, long_name}));
}

// SP-168
TEST(LaunchError, CarriesAnyNumberAndTheSystemsTextForIt) {
  for (const int number : {EISDIR, EPERM, ENOMEM, EIO, 4000}) {
    try {
      const sp::Popen process(child("exit_with", "0"),
                              {.preexec_fn = [number] { report_failed_exec(number); }});
      FAIL() << "it was started";
    } catch (const progeny::OSError& error) {
      EXPECT_EQ(error.code().value(), number);
      EXPECT_EQ(error.filename(), test_child());
      const std::string text = std::generic_category().message(number);
      EXPECT_NE(std::strstr(error.what(), text.c_str()), nullptr) << error.what();
    }
  }
}

// SP-169
TEST(GarbledReport, IsShownWithItsBytes) {
  constexpr std::string_view garbage = "\xFFwhat";
  try {
    const sp::Popen process(child("exit_with", "0"), {.preexec_fn = [garbage] {
                              write_to_report_pipe(garbage.data(), garbage.size());
                              ::_exit(0);
                            }});
    FAIL() << "it was started";
  } catch (const sp::SubprocessError& error) {
    EXPECT_NE(std::strstr(error.what(), "b'\\xffwhat'"), nullptr) << error.what();
  }
}

// SP-169
TEST(GarbledReport, EndsAProgramThatRunsNevertheless) {
  EXPECT_THROW(
      sp::Popen(child("pause_until_killed"), {.preexec_fn = [] { write_to_report_pipe("?", 1); }}),
      sp::SubprocessError);
}

// SP-169
TEST(GarbledReport, MayLookLikeAReportAtFirst) {
  using progeny::platform::ChildReport;
  const ChildReport names_no_step{.magic = ChildReport::expected_magic, .failed = 99, .error = 1};
  EXPECT_THROW(sp::Popen(child("exit_with", "0"),
                         {.preexec_fn =
                              [&] {
                                write_to_report_pipe(&names_no_step, sizeof names_no_step);
                                ::_exit(0);
                              }}),
               sp::SubprocessError);
}

// SP-166
TEST(LaunchError, IsASentenceWithCallAndName) {
  try {
    sp::run({"/no/such/program"});
    FAIL() << "it was started";
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.call(), "exec");
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_EQ(error.what(), "exec \"/no/such/program\": " + error.code().message());
  }
}

}  // namespace
