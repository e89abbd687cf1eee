// The states of a process, from its creation to `close()`.

#include "multiprocessing/methods.hpp"
#include "support/program/let_pass.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>

#include <csignal>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::multiprocessing::Connection;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

class ProcessLife : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(ProcessLife);

bool is_listed(const std::optional<int>& pid) {
  for (const auto& child : mp::active_children()) {
    if (child.pid() == pid) {
      return true;
    }
  }
  return false;
}

// MP-019
TEST_P(ProcessLife, HasNoPidBeforeItsStart) {
  auto process = context().Process([] {});
  EXPECT_FALSE(process.is_alive());
  EXPECT_EQ(process.exitcode(), std::nullopt);
  EXPECT_EQ(process.pid(), std::nullopt);
  EXPECT_EQ(process.authkey(), mp::current_process().authkey());
  EXPECT_FALSE(is_listed(process.pid()));
}

// MP-019
TEST_P(ProcessLife, IsListedAndAliveWhileItRuns) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(wait_for_word, std::move(theirs));
  EXPECT_TRUE(process.is_alive());
  EXPECT_EQ(process.exitcode(), std::nullopt);
  EXPECT_TRUE(is_listed(process.pid()));
  ours.send_bytes("end");
  EXPECT_TRUE(process.join(very_long));
}

// MP-019
TEST_P(ProcessLife, IsNotAliveAfterItsEnd) {
  auto process = started([] {});
  const auto pid = process.pid();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
  EXPECT_FALSE(process.is_alive());
  EXPECT_FALSE(is_listed(pid));
}

using Facts = std::tuple<int, std::string, std::vector<int>, std::string, std::string, int>;

void tell_facts(Connection& connection,
                int number,
                const std::string& text,
                std::vector<int> list) {
  const auto self = mp::current_process();
  connection.send(Facts(number, text, list, self.name(), self.authkey(), self.pid().value()));
}

// MP-019, MP-020
TEST_P(ProcessLife, GivesTheChildItsArgumentsNameAndKey) {
  auto [ours, theirs] = mp::Pipe();
  auto process = context().Process(mp::ProcessOptions{.name = "Tell"},
                                   tell_facts,
                                   std::move(theirs),
                                   7,
                                   "text",
                                   std::vector{1, 2});
  process.start();
  const Facts expected(
      7, "text", {1, 2}, "Tell", mp::current_process().authkey(), process.pid().value());
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv<Facts>(), expected);
  EXPECT_TRUE(process.join(very_long));
}

// MP-020
TEST_P(ProcessLife, WithoutATargetItExitsWithZero) {
  EXPECT_EQ(exitcode_of(), 0);
}

// MP-024
TEST_P(ProcessLife, CannotStartTwice) {
  auto process = started([] {});
  EXPECT_THROW(process.start(), progeny::UsageError);
  EXPECT_TRUE(process.join(very_long));
  EXPECT_THROW(process.start(), progeny::UsageError);
  EXPECT_EQ(process.exitcode(), 0);
}

// MP-025
TEST_P(ProcessLife, CannotBeJoinedBeforeItsStart) {
  auto process = context().Process([] {});
  EXPECT_THROW(process.join(), progeny::UsageError);
}

// MP-025, MP-016
TEST(CurrentProcess, CannotBeJoined) {
  EXPECT_THROW(mp::current_process().join(), progeny::UsageError);
}

// MP-026
TEST_P(ProcessLife, JoinWithALimitLeavesItRunning) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(wait_for_word, std::move(theirs));
  EXPECT_FALSE(process.join(0s));
  EXPECT_FALSE(process.join(-1s));
  EXPECT_FALSE(process.join(100ms));
  EXPECT_EQ(process.exitcode(), std::nullopt);
  EXPECT_TRUE(process.is_alive());
  ours.send_bytes("end");
  EXPECT_TRUE(process.join(very_long));
  EXPECT_TRUE(process.join(very_long));
}

// MP-027, MP-032
TEST_P(ProcessLife, TerminateEndsItBySigterm) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(wait_for_word, std::move(theirs));
  process.terminate();
  EXPECT_TRUE(process.join(10s));
  EXPECT_EQ(process.exitcode(), -SIGTERM);
  EXPECT_FALSE(process.is_alive());
}

// MP-027, MP-032
TEST_P(ProcessLife, KillEndsItBySigkill) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(wait_for_word, std::move(theirs));
  process.kill();
  EXPECT_TRUE(process.join(10s));
  EXPECT_EQ(process.exitcode(), -SIGKILL);
}

// MP-028
TEST_P(ProcessLife, InterruptEndsItBySigint) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(
      [](Connection& connection) {
        connection.send_bytes("here");
        wait_for_word(connection);
      },
      std::move(theirs));
  ASSERT_TRUE(ours.poll(very_long));
  process.interrupt();
  EXPECT_TRUE(process.join(10s));
  EXPECT_EQ(process.exitcode(), -SIGINT);
}

// MP-029
TEST_P(ProcessLife, EndingItTwiceIsNoError) {
  auto process = started([] {});
  EXPECT_TRUE(process.join(very_long));
  process.terminate();
  process.kill();
  EXPECT_EQ(process.exitcode(), 0);
}

// MP-029
TEST_P(ProcessLife, CannotBeEndedBeforeItsStart) {
  auto process = context().Process([] {});
  EXPECT_THROW(process.terminate(), progeny::UsageError);
  EXPECT_THROW(process.kill(), progeny::UsageError);
}

// MP-031
TEST_P(ProcessLife, AnExceptionIsExitCodeOne) {
  EXPECT_EQ(exitcode_of([] { throw std::runtime_error("meant to be seen"); }), 1);
}

TEST_P(ProcessLife, SystemExitGivesTheExitCode) {
  EXPECT_EQ(exitcode_of([](int code) { throw mp::SystemExit(code); }, 3), 3);
}

TEST_P(ProcessLife, ExitGivesTheExitCode) {
  EXPECT_EQ(exitcode_of([] { std::exit(7); }), 7);  // NOLINT(concurrency-mt-unsafe)
}

// MP-032
TEST_P(ProcessLife, DeathBySignalIsANegativeCode) {
  for (const int signal : {SIGABRT, SIGUSR1, SIGSEGV}) {
    const auto die = [](int number) {
      std::signal(number, SIG_DFL);
      std::raise(number);
    };
    EXPECT_EQ(exitcode_of(die, signal), -signal);
  }
}

// MP-033
TEST_P(ProcessLife, TheSentinelIsReadyWhenItHasEnded) {
  auto [ours, theirs] = mp::Pipe();
  auto process = context().Process(wait_for_word, std::move(theirs));
  EXPECT_THROW(static_cast<void>(process.sentinel()), progeny::ValueError);
  process.start();
  const auto sentinel = process.sentinel();
  EXPECT_TRUE(mp::connection::wait({sentinel}, 0s).empty());
  ours.send_bytes("end");
  EXPECT_EQ(mp::connection::wait({sentinel}, very_long).size(), 1U);
  EXPECT_EQ(process.exitcode(), 0);
  EXPECT_EQ(mp::connection::wait({sentinel}, 0s).size(), 1U);
}

// MP-034
TEST_P(ProcessLife, CannotBeClosedWhileItRuns) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(wait_for_word, std::move(theirs));
  EXPECT_THROW(process.close(), progeny::ValueError);
  EXPECT_TRUE(process.is_alive());
  ours.send_bytes("end");
  EXPECT_TRUE(process.join(very_long));
}

// MP-034
TEST_P(ProcessLife, KnowsOnlyItsNameWhenClosed) {
  auto process = started([] {});
  EXPECT_TRUE(process.join(very_long));
  process.close();
  process.close();
  EXPECT_THROW(static_cast<void>(process.is_alive()), progeny::ValueError);
  EXPECT_THROW(process.join(), progeny::ValueError);
  EXPECT_THROW(process.terminate(), progeny::ValueError);
  EXPECT_THROW(process.kill(), progeny::ValueError);
  EXPECT_THROW(process.start(), progeny::ValueError);
  EXPECT_THROW(static_cast<void>(process.exitcode()), progeny::ValueError);
  EXPECT_THROW(static_cast<void>(process.pid()), progeny::ValueError);
  EXPECT_THROW(static_cast<void>(process.sentinel()), progeny::ValueError);
  EXPECT_FALSE(process.name().empty());
  EXPECT_FALSE(process.daemon());
}

// MP-037: a detached thread of the target does not keep the process, nor does one of the library.
TEST_P(ProcessLife, EndsWithItsTargetWhateverThreadsThereAre) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(
      [](Connection& connection) {
        std::thread([] { progeny::testing::let_pass(2 * very_long); }).detach();
        const mp::resource_sharer::DupFd kept(connection.fileno());
        connection.send(kept.address());
      },
      std::move(theirs));
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_FALSE(ours.recv<std::string>().empty());
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
}

// MP-036
TEST_P(ProcessLife, ReleasesItsArgumentsAtItsStart) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(wait_for_word, std::move(theirs));
  ours.send_bytes("end");
  EXPECT_TRUE(process.join(very_long));
  // The child had the last copy of its end.
  EXPECT_THROW(static_cast<void>(ours.recv_bytes()), progeny::EOFError);
}

// N3
TEST_P(ProcessLife, GoesOnWhenAJoinIsStopped) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(wait_for_word, std::move(theirs));
  std::stop_source stop;
  std::jthread stopping([&stop] { stop.request_stop(); });
  EXPECT_THROW(process.join({}, stop.get_token()), mp::CancelledError);
  EXPECT_TRUE(process.is_alive());
  ours.send_bytes("end");
  EXPECT_TRUE(process.join(very_long));
  EXPECT_TRUE(process.join({}, stop.get_token())) << "it has ended";
}

}  // namespace
