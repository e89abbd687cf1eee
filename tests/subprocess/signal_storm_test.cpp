#include "support/child_args.hpp"
#include "support/process_facts.hpp"
#include "support/signal_storm.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <signal.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
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
      sp::Popen p({"/no/such/program"}, all_pipes());
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
  sp::Popen p(child("sleep_forever"));
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
  sp::Popen p(child("wait_usr1_echo"), all_pipes());
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  EXPECT_THROW(p.communicate(input, 50ms), sp::TimeoutExpired);
  p.send_signal(SIGUSR1);
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

TEST(SignalStorm, DoesNotDisturbReadingAStream) {
  const SignalStorm storm;
  sp::Popen p(child("print_pattern", "2000000"), {.std_out = sp::PIPE});
  std::string seen = p.std_out().read(10);
  seen += p.std_out().readline();
  seen += p.std_out().read1();
  seen += p.std_out().read();
  EXPECT_TRUE(seen == pattern(2'000'000));
  p.wait();
}

TEST(SignalStorm, DoesNotDisturbReadingSlowText) {
  const SignalStorm storm;
  sp::Popen p(child("trickle_hex", "c3a90d0ae282acf09f98800d78"),
              {.std_out = sp::PIPE, .text = true});
  EXPECT_EQ(p.std_out().readlines(),
            (std::vector<std::string>{"\u00e9\n", "\u20ac\U0001F600\n", "x"}));
  p.wait();
}

TEST(SignalStorm, DoesNotDisturbWritingAStream) {
  const SignalStorm storm;
  sp::Popen p(child("count_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  for (int i = 0; i < 20; ++i) {
    p.std_in().write(std::string(200'000, 'x'));
  }
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "4000000\n");
  p.wait();
}

TEST(SignalStorm, DoesNotDisturbSignalsAndPoll) {
  const SignalStorm storm;
  for (int i = 0; i < 20; ++i) {
    sp::Popen p(child("sleep_forever"));
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
  sp::Popen p(child("sleep_forever"));
  std::stop_source source;
  const std::jthread canceller([&] { source.request_stop(); });
  EXPECT_THROW(p.wait({}, source.get_token()), sp::CancelledError);
  p.kill();
  EXPECT_EQ(p.wait(), -SIGKILL);
}

TEST(SignalStorm, DoesNotDisturbTheShell) {
  const SignalStorm storm;
  EXPECT_EQ(sp::getoutput("echo storm"), "storm");
  EXPECT_EQ(progeny::os::system("exit 3"), 3 << 8);
  auto file = progeny::os::popen("echo storm; exit 2");
  EXPECT_EQ(file.read(), "storm\n");
  EXPECT_EQ(file.close(), 2 << 8);
}

}  // namespace
