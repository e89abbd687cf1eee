// Children of a forkserver that is killed, stopped, started under odd dispositions, or on a system
// that refuses handles of processes. Each body runs in a fresh process, with a server of its own.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/start/served.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/process_facts.posix.hpp"
#include "support/system/scoped_env.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <system_error>
#include <utility>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using progeny::testing::eventually;
using progeny::testing::holds_in_fresh_process;
using progeny::testing::is_running;
using progeny::testing::require;
using progeny::testing::Resident;
using progeny::testing::served;
using progeny::testing::very_long;
using std::chrono_literals::operator""s;
namespace mp = progeny::multiprocessing;

void require_running(mp::Process& process) {
  require(!process.join(0s));
  require(process.is_alive());
  require(!process.exitcode());
  require(mp::connection::wait(std::vector{process.sentinel()}, 0s).empty());
}

void kill_the_server(const Resident& resident) {
  require(::kill(resident.server, SIGKILL) == 0);
  require(eventually([&] { return !is_running(resident.server); }));
}

void outlive_the_server() {
  Resident resident;
  kill_the_server(resident);
  require_running(resident.process);
  resident.process.terminate();
  require(resident.process.join(very_long));
  require(!is_running(resident.pid));
  require(resident.process.exitcode() == 255);
  require(!mp::connection::wait(std::vector{resident.process.sentinel()}, 0s).empty());
}

// A9
TEST(ForkServerLoss, AChildRunsOnAndCanBeSignalled) {
  EXPECT_TRUE(holds_in_fresh_process(outlive_the_server));
}

// Leaves a copy of itself behind, which ends with the connection.
void leave_a_copy(mp::Connection& connection) {
  if (::fork() == 0) {
    progeny::testing::wait_for_word(connection);
    ::_exit(0);
  }
  connection.send(::getppid());
}

void leave_copies() {
  for (const bool is_server_killed : {false, true}) {
    auto [ours, theirs] = mp::Pipe();
    auto process = served(leave_a_copy, std::move(theirs));
    const int server = ours.recv<int>();
    if (is_server_killed) {
      require(::kill(server, SIGKILL) == 0);
    }
    require(process.join(very_long));
  }
}

// A9: the copy has not inherited what tells of the child's end.
TEST(ForkServerLoss, ACopyOfTheChildDoesNotHideItsEnd) {
  EXPECT_TRUE(holds_in_fresh_process(leave_copies));
}

void start_after_kills() {
  for (int round = 0; round < 20; ++round) {
    Resident resident;
    require(::kill(resident.server, SIGKILL) == 0);
    auto next = served([] { throw mp::SystemExit(7); });
    require(next.join(very_long));
    require(next.exitcode() == 7);
    require(::kill(resident.pid, SIGKILL) == 0);
    require(resident.process.join(very_long));
  }
}

// A10
TEST(ForkServerLoss, AStartRightAfterItWorks) {
  EXPECT_TRUE(holds_in_fresh_process(start_after_kills));
}

bool ignores_ended_children() {
  struct sigaction action{};
  return ::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void start_while_ignored() {
  require(std::signal(SIGCHLD, SIG_IGN) != SIG_ERR);
  for (int round = 0; round < 2; ++round) {
    auto process = served([] { throw mp::SystemExit(ignores_ended_children() ? 3 : 4); });
    require(process.join(very_long));
    require(process.exitcode() == 3);
    require(std::signal(SIGCHLD, SIG_DFL) != SIG_ERR);
  }
}

// A11: the children have the dispositions that the server was started with.
TEST(ForkServerLoss, NoExitCodeWhereTheHostIgnoresThem) {
  EXPECT_TRUE(holds_in_fresh_process(start_while_ignored));
}

void signal_all() {
  Resident terminated;
  Resident killed;
  Resident interrupted;
  terminated.process.terminate();
  killed.process.kill();
  interrupted.process.interrupt();
  require(terminated.process.join(very_long) && terminated.process.exitcode() == -SIGTERM);
  require(killed.process.join(very_long) && killed.process.exitcode() == -SIGKILL);
  require(interrupted.process.join(very_long) && interrupted.process.exitcode() == -SIGINT);
  terminated.process.kill();  // No error: it has ended.
}

void lose_the_server_without_handles() {
  Resident resident;
  kill_the_server(resident);
  require_running(resident.process);
  try {
    resident.process.terminate();
    require(false);
  } catch (const progeny::OSError& error) {
    require(error.code() == std::errc::no_child_process);
  }
  resident.dismiss();
}

// B5
TEST(ForkServerSignals, GoByTheServerWhereThereIsNoPidfd) {
  const progeny::testing::ScopedEnv variable("PROGENY_WITHOUT", "pidfd");
  EXPECT_TRUE(holds_in_fresh_process(signal_all));
  EXPECT_TRUE(holds_in_fresh_process(lose_the_server_without_handles));
  EXPECT_TRUE(holds_in_fresh_process(leave_copies));
  EXPECT_TRUE(holds_in_fresh_process(start_after_kills));
}

// The server is started before, and may do what the client may not.
void signal_all_where_refused(int error) {
  Resident().dismiss();
  progeny::testing::refuse_calls({SYS_pidfd_open, SYS_pidfd_send_signal}, error);
  signal_all();
}

void signal_all_where_both_are_refused(int error) {
  progeny::testing::refuse_calls({SYS_pidfd_open, SYS_pidfd_send_signal}, error);
  signal_all();
}

// B5
TEST(ForkServerSignals, GoByTheServerInASandbox) {
  for (const int error : {EPERM, ENOSYS, EINVAL, EACCES}) {
    EXPECT_TRUE(holds_in_fresh_process(signal_all_where_refused, error)) << error;
    EXPECT_TRUE(holds_in_fresh_process(signal_all_where_both_are_refused, error)) << error;
  }
}

}  // namespace
