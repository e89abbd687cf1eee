// A13: a daemonic child cannot keep its parent from ending.

#include "multiprocessing/methods.hpp"
#include "support/system/process_facts.hpp"

#include <csignal>
#include <string>
#include <utility>

#include <unistd.h>

namespace {

using progeny::testing::eventually;
using progeny::testing::EveryMethod;
using progeny::testing::is_running;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

class EndOfChildren : public EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(EndOfChildren);

void be_stubborn(mp::Connection& connection) {
  static_cast<void>(std::signal(SIGTERM, SIG_IGN));
  connection.send(::getpid());
  wait_for_word(connection);
}

void be_stopped(mp::Connection& connection) {
  connection.send(::getpid());
  wait_for_word(connection);
}

// Ends while both run.
void have_daemons(mp::Connection& stubborn, mp::Connection& stopped, std::string method) {
  const auto context = mp::get_context(method);
  const auto start = [&](auto* target, mp::Connection& tell) {
    auto [ours, theirs] = mp::Pipe();
    auto daemon = context.Process(mp::ProcessOptions{.daemon = true}, target, std::move(theirs));
    daemon.start();
    const int pid = ours.recv<int>();
    tell.send(pid);
    return std::pair(std::move(ours), pid);
  };
  const auto first = start(be_stubborn, stubborn);
  const auto second = start(be_stopped, stopped);
  static_cast<void>(::kill(second.second, SIGSTOP));
  throw mp::SystemExit(5);
}

// A13
TEST_P(EndOfChildren, DaemonsThatDoNotEndAreKilled) {
  auto [stubborn, first] = mp::Pipe();
  auto [stopped, second] = mp::Pipe();
  auto process = started(have_daemons, std::move(first), std::move(second), GetParam());
  const int one = stubborn.recv<int>();
  const int other = stopped.recv<int>();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 5);
  EXPECT_TRUE(eventually([&] { return !is_running(one) && !is_running(other); }));
}

}  // namespace
