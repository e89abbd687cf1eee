#include "platform/launch/launch_plan.posix.hpp"
#include "platform/launch/launch_report.posix.hpp"
#include "platform/launch/spawn.posix.hpp"
#include "support/children/test_child.hpp"
#include "support/system/own_pipe.hpp"

#include <progeny/base/handle.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

constexpr BackEnd back_ends[] = {BackEnd::clone3, BackEnd::clone, BackEnd::vfork, BackEnd::fork};

LaunchRequest request_of(std::vector<std::string> words) {
  LaunchRequest request;
  request.program = words.front();
  request.arguments = std::move(words);
  request.streams = {-1, -1, -1};
  return request;
}

LaunchRequest exit_with(int code) {
  return request_of({testing::test_child(), "exit_with", std::to_string(code)});
}

// Reads a report pipe to its end.
std::string read_all(int descriptor) {
  std::string bytes;
  char block[64];
  for (ssize_t count = 0; (count = ::read(descriptor, block, sizeof block)) > 0;) {
    bytes.append(block, static_cast<std::size_t>(count));
  }
  return bytes;
}

// Stands for a report that could not be read. No step has this number.
constexpr ChildReport unreadable{.failed = std::numeric_limits<std::uint32_t>::max()};

// How a child was made, what it reported, and how it ended.
struct Life {
  Spawned spawned;
  ChildReport report;
  int code = -1;
};

Life live(BackEnd back_end, const LaunchRequest& request) {
  LaunchPlan prepared(request);
  ChildPlan& plan = prepared.plan();
  testing::OwnPipe pipe;
  if (back_end == BackEnd::fork) {
    plan.report_pipe = pipe.write_end.get();
  }
  Life life;
  {
    const SignalsBlocked blocked;
    plan.signal_mask = blocked.before();
    life.spawned = spawn(back_end, plan);
  }
  pipe.write_end.reset();
  if (life.spawned.pid == -1) {
    return life;
  }
  const Handle process(life.spawned.process);
  const std::string bytes = read_all(pipe.read_end.get());
  life.report = back_end == BackEnd::fork ? parse_report(bytes).value_or(unreadable) : plan.report;
  int status = 0;
  EXPECT_EQ(::waitpid(life.spawned.pid, &status, 0), life.spawned.pid);
  life.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return life;
}

// The back ends that work under this kernel, sandbox or tool. A true fork is always among them.
std::vector<BackEnd> available_back_ends() {
  std::vector<BackEnd> available;
  for (const BackEnd back_end : back_ends) {
    if (back_end == BackEnd::fork || shares_memory(back_end)) {
      available.push_back(back_end);
    }
  }
  return available;
}

// SP-176
TEST(LaunchBackEnd, StartsTheProgram) {
  for (const BackEnd back_end : available_back_ends()) {
    SCOPED_TRACE(name_of(back_end));
    const Life life = live(back_end, exit_with(47));
    EXPECT_EQ(life.report.failed, 0U);
    EXPECT_EQ(life.code, 47);
  }
}

// SP-176, SP-168
TEST(LaunchBackEnd, ReportsWhyTheProgramCannotBeExecuted) {
  for (const BackEnd back_end : available_back_ends()) {
    SCOPED_TRACE(name_of(back_end));
    const auto exec = static_cast<std::uint32_t>(LaunchStep::exec);
    const ChildReport missing = live(back_end, request_of({"/no/such/program"})).report;
    EXPECT_EQ(missing.failed, exec);
    EXPECT_EQ(missing.error, ENOENT);
    const ChildReport folder = live(back_end, request_of({"/"})).report;
    EXPECT_EQ(folder.failed, exec);
    EXPECT_EQ(folder.error, EACCES);
  }
}

// SP-176
TEST(LaunchBackEnd, ReportsTheStepThatFailed) {
  for (const BackEnd back_end : available_back_ends()) {
    SCOPED_TRACE(name_of(back_end));
    LaunchRequest request = exit_with(0);
    request.folder = testing::test_child();
    const ChildReport report = live(back_end, request).report;
    EXPECT_EQ(report.failed, static_cast<std::uint32_t>(LaunchStep::chdir));
    EXPECT_EQ(report.error, ENOTDIR);
  }
}

// SP-176
TEST(LaunchBackEnd, MakesAChildOrSaysThatItIsRefused) {
  for (const BackEnd back_end : back_ends) {
    SCOPED_TRACE(name_of(back_end));
    const Life life = live(back_end, exit_with(0));
    EXPECT_TRUE(life.spawned.pid > 0 || is_refusal(life.spawned.error)) << life.spawned.error;
  }
}

// SP-176
TEST(LaunchBackEnd, ThatIsChosenWorks) {
  const LaunchOutcome failed = launch(request_of({"/no/such/program"}));
  EXPECT_EQ(failed.failed, LaunchStep::exec);
  EXPECT_EQ(failed.error, std::errc::no_such_file_or_directory);
  const LaunchOutcome outcome = launch(exit_with(3));
  ASSERT_EQ(outcome.failed, LaunchStep::none);
  int status = 0;
  EXPECT_EQ(::waitpid(outcome.pid, &status, 0), outcome.pid);
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

std::string bytes_of(const ChildReport& report) {
  std::string bytes(sizeof report, '\0');
  std::memcpy(bytes.data(), &report, sizeof report);
  return bytes;
}

constexpr ChildReport failed_exec(int error) {
  return {.magic = ChildReport::expected_magic,
          .failed = static_cast<std::uint32_t>(LaunchStep::exec),
          .error = error};
}

// SP-168
TEST(LaunchReport, CarriesAnyErrorNumber) {
  for (const int error : {0, 1, EISDIR, 4000, -1, std::numeric_limits<int>::max()}) {
    const ChildReport report = parse_report(bytes_of(failed_exec(error))).value_or(unreadable);
    EXPECT_EQ(report.failed, static_cast<std::uint32_t>(LaunchStep::exec));
    EXPECT_EQ(report.error, error);
  }
}

TEST(LaunchReport, OfNoBytesNamesNoStep) {
  EXPECT_EQ(parse_report({}).value_or(unreadable).failed, 0U);
}

// SP-169
TEST(LaunchReport, OfAnotherLengthIsNone) {
  const std::string whole = bytes_of(failed_exec(ENOENT));
  for (std::size_t length = 1; length < whole.size(); ++length) {
    EXPECT_FALSE(parse_report(std::string_view(whole).substr(0, length))) << length;
  }
  EXPECT_FALSE(parse_report(whole + "x"));
  EXPECT_FALSE(parse_report(whole + whole));
}

// SP-169
TEST(LaunchReport, OfForeignBytesIsNone) {
  EXPECT_FALSE(parse_report(std::string(sizeof(ChildReport), '\xFF')));
  EXPECT_FALSE(parse_report(std::string(sizeof(ChildReport), '\0')));
  ChildReport foreign = failed_exec(ENOENT);
  foreign.magic += 1;
  EXPECT_FALSE(parse_report(bytes_of(foreign)));
}

// SP-169
TEST(LaunchReport, OfAStepThatAChildCannotNameIsNone) {
  for (const std::uint32_t step : {0U, static_cast<std::uint32_t>(LaunchStep::garbled), 99U}) {
    ChildReport report = failed_exec(ENOENT);
    report.failed = step;
    EXPECT_FALSE(parse_report(bytes_of(report))) << step;
  }
}

}  // namespace

}  // namespace progeny::platform
