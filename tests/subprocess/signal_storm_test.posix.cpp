#include "support/children/child_args.hpp"
#include "support/children/go.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/system/executable_file.posix.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace fs = std::filesystem;
namespace sp = progeny::subprocess;

// Each test makes one kind of call while a signal interrupts it every 100 microseconds.

TEST(SignalStorm, ReallyBlows) {
  const SignalStorm storm;
  const int before = SignalStorm::count();
  EXPECT_TRUE(eventually([&] { return SignalStorm::count() > before + 10; }));
}

TEST(SignalStorm, DoesNotDisturbLaunchAndWait) {
  const SignalStorm storm;
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(sp::Popen(child("exit_with", std::to_string(i))).wait(), i);
  }
}

TEST(SignalStorm, DoesNotDisturbALaunchWithEveryOption) {
  const SignalStorm storm;
  for (int i = 0; i < 20; ++i) {
    sp::Options options = all_pipes();
    options.preexec_fn = [] {};
    options.cwd = "/";
    options.start_new_session = true;
    options.umask = 022;
    sp::Popen p(child("print", "out", "err"), options);
    ASSERT_EQ(p.communicate().std_out, "out");
  }
}

TEST(SignalStorm, DoesNotDisturbAFailingLaunch) {
  const SignalStorm storm;
  for (int i = 0; i < 50; ++i) {
    try {
      const sp::Popen p({"/no/such/program"}, all_pipes());
      ADD_FAILURE() << "launched";
    } catch (const progeny::OSError& error) {
      ASSERT_EQ(error.code(), std::errc::no_such_file_or_directory);
      ASSERT_EQ(error.filename(), "/no/such/program");
    }
  }
}

TEST(SignalStorm, DoesNotDisturbALongWait) {
  const SignalStorm storm;
  EXPECT_EQ(sp::Popen(child("exit_after_ms", "300", "7")).wait(), 7);
  EXPECT_EQ(sp::Popen(child("exit_after_ms", "300", "8")).wait(very_long), 8);
}

TEST(SignalStorm, NeitherShortensNorProlongsALimit) {
  const SignalStorm storm;
  sp::Popen p(child("pause_until_killed"));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(p.wait(200ms), sp::TimeoutExpired);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 200ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, very_long);
  p.kill();
  EXPECT_EQ(p.wait(), -SIGKILL);
}

TEST(SignalStorm, DoesNotDisturbCommunicate) {
  const std::string input = pattern(3'000'000);
  const SignalStorm storm;
  sp::Popen p(child("echo_to_both"), all_pipes());
  const sp::Output output = p.communicate(input);
  EXPECT_TRUE(output.std_out == input);
  EXPECT_TRUE(output.std_err == input);
}

TEST(SignalStorm, DoesNotDisturbCommunicateUnderALimit) {
  const std::string input = pattern(1'000'000);
  const SignalStorm storm;
  sp::Popen p(child("wait_go_echo"), all_pipes());
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  EXPECT_THROW(p.communicate(input, 50ms), sp::TimeoutExpired);
  send_go(p);
  EXPECT_TRUE(p.communicate({}, very_long).std_out == input);
}

TEST(SignalStorm, DoesNotDisturbABrokenPipe) {
  const SignalStorm storm;
  for (int i = 0; i < 20; ++i) {
    sp::Popen p(child("exit_with", "0"), {.std_in = sp::PIPE});
    EXPECT_NO_THROW(p.communicate(std::string(500'000, 'x')));
  }
}

TEST(SignalStorm, DoesNotDisturbRun) {
  const SignalStorm storm;
  for (int i = 0; i < 20; ++i) {
    const auto done =
        sp::run(child("print", "out", "err", "3"), {.capture_output = true, .timeout = very_long});
    ASSERT_EQ(done.std_out, "out");
    ASSERT_EQ(done.std_err, "err");
    ASSERT_EQ(done.returncode, 3);
  }
}

TEST(SignalStorm, DoesNotDisturbTheKinOfRun) {
  const SignalStorm storm;
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(sp::call(child("exit_with", "7")), 7);
    ASSERT_EQ(sp::call(child("exit_with", "8"), {.timeout = very_long}), 8);
    ASSERT_EQ(sp::check_call(child("exit_with", "0")), 0);
    ASSERT_EQ(sp::check_output(child("upper_stdin"), {.input = "storm"}), "STORM");
    ASSERT_THROW((void)sp::check_output(child("exit_with", "1")), sp::CalledProcessError);
  }
}

TEST(SignalStorm, DoesNotDisturbRunWhoseTimeIsUp) {
  const SignalStorm storm;
  EXPECT_THROW(
      sp::run(child("pause_until_killed"),
              {.input = std::string(3'000'000, 'x'), .capture_output = true, .timeout = 50ms}),
      sp::TimeoutExpired);
  EXPECT_THROW(sp::call(child("pause_until_killed"), {.timeout = 50ms}), sp::TimeoutExpired);
}

TEST(SignalStorm, DoesNotDisturbSignalsAndPoll) {
  const SignalStorm storm;
  for (int i = 0; i < 20; ++i) {
    sp::Popen p(child("pause_until_killed"));
    EXPECT_EQ(p.poll(), std::nullopt);
    p.terminate();
    EXPECT_TRUE(eventually([&] { return p.poll().has_value(); }));
    EXPECT_EQ(p.returncode(), -SIGTERM);
  }
}

TEST(SignalStorm, DoesNotDisturbScopeExits) {
  using sp::AtScopeExit;
  const SignalStorm storm;
  for (const auto ending : {AtScopeExit::wait, AtScopeExit::terminate, AtScopeExit::kill}) {
    sp::Options options = all_pipes();
    options.at_scope_exit = ending;
    const sp::Popen p(child("echo_stdin"), options);
  }
}

TEST(SignalStorm, DoesNotDisturbACancellation) {
  const SignalStorm storm;
  sp::Popen p(child("pause_until_killed"));
  std::stop_source source;
  const std::jthread canceller([&] { source.request_stop(); });
  EXPECT_THROW(p.wait({}, source.get_token()), sp::CancelledError);
  p.kill();
  EXPECT_EQ(p.wait(), -SIGKILL);
}

TEST(SignalStorm, DoesNotDisturbCommunicateWithCallbacks) {
  std::string seen;
  sp::Options options = all_pipes();
  options.on_std_out = [&seen](std::string_view block) { seen += block; };
  const SignalStorm storm;
  sp::Popen p(child("echo_to_both"), options);
  const std::stop_source never;
  EXPECT_TRUE(p.communicate(pattern(1'000'000), very_long, never.get_token()).std_err ==
              pattern(1'000'000));
  EXPECT_TRUE(seen == pattern(1'000'000));
}

TEST(SignalStorm, DoesNotDisturbRedirectionToFiles) {
  const TempDir dir;
  const fs::path fifo = dir.path() / "fifo";
  const fs::path file = dir.path() / "file";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const SignalStorm storm;
  // Opening one end waits for the other.
  const std::jthread writer([&fifo, start = SignalStorm::count()] {
    EXPECT_TRUE(eventually([&] { return SignalStorm::count() > start + 20; }));
    EXPECT_EQ(sp::call(child("print", "storm", ""), {.std_out = sp::write_to(fifo)}), 0);
  });
  EXPECT_EQ(sp::call(child("upper_stdin"),
                     {.std_in = sp::read_from(fifo), .std_out = sp::append_to(file)}),
            0);
  EXPECT_EQ(sp::check_output(child("echo_stdin"), {.std_in = sp::read_from(file)}), "STORM");
}

TEST(SignalStorm, DoesNotDisturbTheShell) {
  const SignalStorm storm;
  EXPECT_EQ(sp::getoutput("echo storm"), "storm");
  EXPECT_EQ(progeny::os::system("exit 3"), 3 << 8);
  auto file = progeny::os::popen("echo storm; exit 2");
  EXPECT_EQ(file.read(), "storm\n");
  EXPECT_EQ(file.close(), 2 << 8);
  EXPECT_EQ(sp::getstatusoutput("echo storm; exit 4"),
            std::pair(std::int64_t{4}, std::string("storm")));
}

TEST(SignalStorm, DoesNotDisturbALongCommandInTheShell) {
  const std::string command = test_child() + " exit_after_ms 200 5";
  const SignalStorm storm;
  EXPECT_EQ(progeny::os::system(command), 5 << 8);
  EXPECT_EQ(progeny::os::popen(command).close(), 5 << 8);
  EXPECT_EQ(sp::getstatusoutput(command).first, 5);
}

TEST(SignalStorm, DoesNotDisturbTheInputOfACommand) {
  const SignalStorm storm;
  auto file = progeny::os::popen("exec " + test_child() + " expect_stdin storm", "w");
  file.write("sto");
  file.flush();
  file.write("rm");
  EXPECT_EQ(file.close(), std::nullopt);
  auto lines = progeny::os::popen("echo a; echo b; echo c");
  EXPECT_EQ(lines.readline(), "a\n");
  EXPECT_EQ(lines.readlines(), (std::vector<std::string>{"b\n", "c\n"}));
}

TEST(SignalStorm, DoesNotDisturbOpeningADocument) {
  const TempDir dir;
  make_script(dir.path() / "xdg-open", 0);
  const ScopedEnv path("PATH", dir.path().string());
  const SignalStorm storm;
  EXPECT_NO_THROW(progeny::os::startfile(dir.path()));
  EXPECT_THROW(progeny::os::startfile(dir.path() / "missing"), progeny::OSError);
}

}  // namespace
