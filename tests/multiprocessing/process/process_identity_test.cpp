// The name, the parent, the daemon flag and the repr of a process.

#include "multiprocessing/methods.hpp"

#include <progeny/base/errors.hpp>

#include <gmock/gmock.h>

#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::multiprocessing::Connection;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace mp = progeny::multiprocessing;

class ProcessIdentity : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(ProcessIdentity);

// MP-016
TEST(CurrentProcess, IsTheMainProcess) {
  auto self = mp::current_process();
  EXPECT_EQ(self.name(), "MainProcess");
  EXPECT_TRUE(self.is_alive());
  EXPECT_FALSE(self.daemon());
  EXPECT_EQ(self.exitcode(), std::nullopt);
  EXPECT_EQ(self.authkey().size(), 32U);
  EXPECT_EQ(self.pid(), ::getpid());
}

// MP-016
TEST(CurrentProcess, GivesItsKeyToNewProcesses) {
  auto self = mp::current_process();
  const auto before = self.authkey();
  self.set_authkey("another");
  EXPECT_EQ(mp::Process([] {}).authkey(), "another");
  self.set_authkey(before);
}

// MP-017
TEST(ParentProcess, IsNothingInTheMainProcess) {
  EXPECT_FALSE(mp::parent_process().has_value());
}

using Parent = std::tuple<int, std::string, bool>;

// MP-017
TEST_P(ProcessIdentity, KnowsItsParent) {
  const auto tell = [](Connection& connection) {
    auto parent = mp::parent_process();
    connection.send(Parent(parent->pid().value(), parent->name(), parent->is_alive()));
  };
  EXPECT_EQ(answer_of<Parent>(tell), Parent(::getpid(), "MainProcess", true));
}

void tell_own_name(Connection& connection) {
  connection.send(mp::current_process().name());
}

// MP-008
TEST_P(ProcessIdentity, TheDefaultNameNamesTheMethod) {
  const std::string kind = GetParam() == "fork"    ? "ForkProcess-"
                           : GetParam() == "spawn" ? "SpawnProcess-"
                                                   : "ForkServerProcess-";
  EXPECT_THAT(answer_of<std::string>(tell_own_name), StartsWith(kind));
  EXPECT_THAT(mp::Process().name(), StartsWith("Process-"));
}

// MP-021
TEST(ProcessName, CountsCreations) {
  const auto number_of = [](const mp::Process& process) {
    return std::stoi(process.name().substr(std::string("Process-").size()));
  };
  const mp::Process first;
  const mp::Process second;
  EXPECT_EQ(number_of(second), number_of(first) + 1);
}

void tell_name_of_child(Connection& connection) {
  connection.send(mp::Process().name());
}

// MP-021
TEST_P(ProcessIdentity, NamesOfItsChildrenBeginWithItsOwnNumbers) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(tell_name_of_child, std::move(theirs));
  const auto number = process.name().substr(process.name().rfind('-') + 1);
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv<std::string>(), "Process-" + number + ":1");
  EXPECT_TRUE(process.join(very_long));
}

// MP-021
TEST(ProcessName, CanBeChangedAndNeedNotBeUnique) {
  mp::Process one;
  const mp::Process two(mp::ProcessOptions{.name = "same"});
  one.set_name("same");
  EXPECT_EQ(one.name(), two.name());
}

// MP-008, MP-009
TEST_P(ProcessIdentity, ItsOwnStartMethodIsTheOneThatStartedIt) {
  const auto tell = [](Connection& connection) { connection.send(mp::get_start_method().value()); };
  EXPECT_EQ(answer_of<std::string>(tell), GetParam());
  EXPECT_EQ(mp::get_start_method(true), std::nullopt);
}

// MP-022
TEST(Daemon, IsInheritedUnlessSet) {
  EXPECT_FALSE(mp::Process().daemon());
  EXPECT_TRUE(mp::Process(mp::ProcessOptions{.daemon = true}).daemon());
  mp::Process process;
  process.set_daemon(true);
  EXPECT_TRUE(process.daemon());
}

// MP-022
TEST_P(ProcessIdentity, CannotBecomeADaemonOnceStarted) {
  auto process = started([] {});
  EXPECT_THROW(process.set_daemon(true), progeny::UsageError);
  EXPECT_TRUE(process.join(very_long));
}

// MP-023
TEST_P(ProcessIdentity, ADaemonMayHaveNoChildren) {
  const auto attempt = [](Connection& connection) {
    try {
      mp::Process([] {}).start();
      connection.send(std::string("started"));
    } catch (const progeny::UsageError& error) {
      connection.send(std::string(error.what()));
    }
  };
  auto [ours, theirs] = mp::Pipe();
  auto process = context().Process(mp::ProcessOptions{.daemon = true}, attempt, std::move(theirs));
  process.start();
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_THAT(ours.recv<std::string>(), HasSubstr("daemonic"));
  EXPECT_TRUE(process.join(very_long));
}

// MP-046
TEST_P(ProcessIdentity, IsPrintedAsPythonPrintsIt) {
  auto [ours, theirs] = mp::Pipe();
  auto process =
      context().Process(mp::ProcessOptions{.name = "P"}, wait_for_word, std::move(theirs));
  const std::string kind = GetParam() == "fork"    ? "<ForkProcess name='P'"
                           : GetParam() == "spawn" ? "<SpawnProcess name='P'"
                                                   : "<ForkServerProcess name='P'";
  const std::string parent = " parent=" + std::to_string(::getpid());
  EXPECT_EQ(to_string(process), kind + parent + " initial>");
  process.start();
  const std::string pid = " pid=" + std::to_string(process.pid().value());
  EXPECT_EQ(to_string(process), kind + pid + parent + " started>");
  process.kill();
  EXPECT_TRUE(process.join(very_long));
  std::ostringstream text;
  text << process;
  EXPECT_EQ(text.str(), kind + pid + parent + " stopped exitcode=-SIGKILL>");
  process.close();
  EXPECT_EQ(to_string(process), kind + parent + " closed>");
}

// MP-046
TEST(ProcessRepr, OfADaemonSaysSo) {
  EXPECT_THAT(to_string(mp::Process(mp::ProcessOptions{.daemon = true})), HasSubstr(" daemon>"));
}

}  // namespace
