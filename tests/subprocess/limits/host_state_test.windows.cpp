#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os/environment.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <array>
#include <clocale>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <windows.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// What a library must not change behind its host's back.
struct HostState {
  std::array<HANDLE, 3> streams{::GetStdHandle(STD_INPUT_HANDLE),
                                ::GetStdHandle(STD_OUTPUT_HANDLE),
                                ::GetStdHandle(STD_ERROR_HANDLE)};
  UINT error_mode = ::GetErrorMode();
  UINT code_page = ::GetConsoleOutputCP();
  std::filesystem::path folder = std::filesystem::current_path();
  std::string locale =
      std::setlocale(LC_ALL, nullptr);  // NOLINT(concurrency-mt-unsafe): one thread.
  std::vector<std::pair<std::string, std::string>> environment;

  HostState() {
    const auto variables = progeny::os::environment();
    environment.assign(variables.begin(), variables.end());
  }
  bool operator==(const HostState&) const = default;
};

void expect_unchanged(const std::function<void()>& call) {
  const HostState before;
  call();
  EXPECT_TRUE(HostState() == before);
}

// SP-216
TEST(WindowsHostState, IsAsItWasAfterEachCall) {
  expect_unchanged([] { sp::call(child("exit_with", "0"), {.cwd = "C:\\", .env = {{"A", "1"}}}); });
  expect_unchanged([] { EXPECT_THROW(sp::call({"no such program"}), progeny::OSError); });
  expect_unchanged([] { sp::run(child("echo_to_both"), {.input = "x", .capture_output = true}); });
  expect_unchanged([] {
    sp::Popen p(child("pause_until_killed"));
    EXPECT_THROW(p.wait(20ms), sp::TimeoutExpired);
    p.kill();
    p.wait();
  });
}

// SP-069
TEST(WindowsHandles, StayAsManyAsTheyWereAfterFailedLaunches) {
  const auto fail = [] {
    EXPECT_THROW(sp::run({"no such program"}, {.input = "x", .capture_output = true}),
                 progeny::OSError);
  };
  fail();
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 1024; ++i) {
    fail();
  }
  EXPECT_LE(open_descriptors(), before);
}

}  // namespace
