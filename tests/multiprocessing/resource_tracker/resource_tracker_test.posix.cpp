// The tracker, which removes names when no process is left to do so. The tests use families of
// their own: names stay while a process of the family lives.

#include "multiprocessing/family.posix.hpp"
#include "multiprocessing/methods.hpp"
#include "multiprocessing/resource_tracker/resource_tracker.hpp"

#include <progeny/base/errors.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <string>

#include <unistd.h>

namespace {

using progeny::multiprocessing::shared_memory::SharedMemory;
using progeny::testing::Family;
using progeny::testing::is_there;
using progeny::testing::Unlinking;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

class FamilyOfMethod : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_FOR_EVERY_METHOD(FamilyOfMethod);

// MP-200
TEST(ResourceTracker, RemovesTheNamesOfAKilledCreatorWithinASecond) {
  Family family({"create"});
  const auto first = family.line();
  const auto second = family.line();
  EXPECT_TRUE(is_there(first));
  EXPECT_TRUE(is_there(second));
  const auto killed = std::chrono::steady_clock::now();
  family.kill();
  const auto said = family.rest();
  EXPECT_LT(std::chrono::steady_clock::now() - killed, 1s);
  EXPECT_THAT(said, HasSubstr("2 leaked shared_memory objects"));
  EXPECT_THAT(said, HasSubstr(first));
  EXPECT_FALSE(is_there(first));
  EXPECT_FALSE(is_there(second));
}

// MP-200
TEST(ResourceTracker, RemovesNamesWhereverTheirCreatorIsKilled) {
  const std::string prefix = "progeny_churn_" + std::to_string(::getpid()) + "_";
  for (int round = 0; round < 40; ++round) {
    Family family({"churn", prefix});
    for (int i = 0; i <= round % 7; ++i) {
      EXPECT_EQ(family.line(), prefix + "0");
    }
    family.kill();
    static_cast<void>(family.rest());
    for (int i = 0; i < 10; ++i) {
      ASSERT_FALSE(is_there(prefix + std::to_string(i)));
    }
  }
}

// MP-200
TEST(ResourceTracker, RemovesWhatAProcessHasNotUnlinkedAtItsEnd) {
  Family family({"create"});
  const auto name = family.line();
  EXPECT_THAT(family.rest(), HasSubstr("leaked"));
  EXPECT_FALSE(is_there(name));
}

// MP-190
TEST(ResourceTracker, IsSilentAboutUnlinkedNames) {
  Family family({"create_and_unlink"});
  EXPECT_FALSE(family.line().empty());
  EXPECT_EQ(family.rest(), "");
}

std::string end_of_tracker(const std::string& of, const std::string& name = {}) {
  Family family({"tell_end_of_tracker", of, name});
  auto code = family.line();
  static_cast<void>(family.rest());
  return code;
}

// MP-190
TEST(ResourceTracker, ReportsLeaksByItsExitCode) {
  EXPECT_EQ(end_of_tracker("create_and_unlink"), "0");
  EXPECT_EQ(end_of_tracker("create"), "1");
  EXPECT_EQ(end_of_tracker("garble"), "3");
  const std::string folder = "progeny_folder_" + std::to_string(::getpid());
  EXPECT_EQ(end_of_tracker("track_folder", folder), "2");
  EXPECT_EQ(::rmdir(("/dev/shm/" + folder).c_str()), 0);
}

// MP-187
TEST(ResourceTracker, IsEndedByNoSignalButKill) {
  Family family({"create_on_demand"});
  const auto first = family.line();
  const auto trackers = family.trackers();
  ASSERT_EQ(trackers.size(), 1U);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
    EXPECT_EQ(::kill(trackers.front(), signal), 0);
  }
  family.ask();
  const auto second = family.line();
  EXPECT_EQ(family.trackers(), trackers);
  EXPECT_THAT(family.rest(), Not(HasSubstr("unexpectedly")));
  EXPECT_FALSE(is_there(first));
  EXPECT_FALSE(is_there(second));
}

// MP-187
TEST(ResourceTracker, IsStartedAgainWithOneWarningWhenItWasKilled) {
  Family family({"create_on_demand"});
  const auto first = family.line();
  const auto trackers = family.trackers();
  ASSERT_EQ(trackers.size(), 1U);
  EXPECT_EQ(::kill(trackers.front(), SIGKILL), 0);
  ASSERT_TRUE(progeny::testing::eventually(
      [&] { return !progeny::testing::is_running(trackers.front()); }));
  family.ask();
  const auto second = family.line();
  family.ask();
  const auto third = family.line();
  EXPECT_EQ(family.trackers().size(), 1U);
  const auto said = family.rest();
  const auto warning = said.find("process died unexpectedly");
  ASSERT_NE(warning, std::string::npos) << said;
  EXPECT_EQ(said.find("process died unexpectedly", warning + 1), std::string::npos) << said;
  // The new tracker knows all the names.
  for (const auto& name : {first, second, third}) {
    EXPECT_FALSE(is_there(name));
  }
}

// MP-188
TEST_P(FamilyOfMethod, HasOneTrackerForTheNamesOfItsChildren) {
  Family family({"let_child_create", GetParam()});
  const auto name = family.line();
  EXPECT_EQ(family.trackers().size(), 1U);
  EXPECT_TRUE(is_there(name)) << "it went with the child that made it";
  family.kill();
  static_cast<void>(family.rest());
  EXPECT_FALSE(is_there(name));
}

// MP-188
TEST_P(FamilyOfMethod, SharesTheTrackerWithChildrenThatWereStartedBeforeIt) {
  Family family({"start_early", GetParam()});
  const auto first = family.line();
  const auto second = family.line();
  EXPECT_EQ(family.trackers().size(), 1U);
  EXPECT_TRUE(is_there(first));
  EXPECT_TRUE(is_there(second)) << "it went with the child that made it";
  static_cast<void>(family.rest());
  EXPECT_FALSE(is_there(first));
  EXPECT_FALSE(is_there(second));
}

// MP-188, MP-200
TEST_P(FamilyOfMethod, KeepsItsNamesUntilItsLastProcessHasEnded) {
  Family family({"outlived", GetParam()});
  const auto first = family.line();
  const auto second = family.line();
  const int child = std::stoi(family.line());
  EXPECT_EQ(family.trackers().size(), 1U);
  // The end of the parent closes the child's connection, which would end the child.
  ASSERT_EQ(::kill(child, SIGSTOP), 0);
  family.kill();
  EXPECT_TRUE(
      progeny::testing::eventually([&] { return !progeny::testing::is_running(family.pid()); }));
  EXPECT_TRUE(is_there(first));
  EXPECT_TRUE(is_there(second));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  static_cast<void>(family.rest());
  EXPECT_FALSE(is_there(first));
  EXPECT_FALSE(is_there(second));
}

// MP-191
TEST(ResourceTracker, LeavesTheSignalMaskOfItsStarterAsItWas) {
  Family family({"tell_signal_masks"});
  EXPECT_EQ(family.line(), "1110");
  static_cast<void>(family.rest());
}

// MP-193
TEST(ResourceTracker, IsNotStartedWithoutNames) {
  Family family({"only_fork"});
  EXPECT_EQ(family.line(), "done");
  EXPECT_EQ(family.trackers().size(), 0U);
  EXPECT_EQ(family.rest(), "");
}

// MP-187
TEST(ResourceTracker, SurvivesAHostThatClosesEveryDescriptor) {
  Family family({"create_as_daemon"});
  const auto first = family.line();
  const auto second = family.line();
  EXPECT_EQ(family.line(), "undisturbed");
  static_cast<void>(family.rest());
  EXPECT_FALSE(is_there(first));
  EXPECT_FALSE(is_there(second));
}

// MP-189
TEST(ResourceTracker, TakesNamesWithColonsAndLineEnds) {
  const std::string name = ":progeny:\n" + std::to_string(::getpid()) + "\n:";
  SharedMemory memory({.name = name, .create = true, .size = 1});
  const Unlinking unlinking(memory);
  EXPECT_TRUE(is_there(name));
  memory.unlink();
  EXPECT_FALSE(is_there(name));
}

// MP-189
TEST(ResourceTracker, RefusesNamesThatAreTooLong) {
  EXPECT_THROW(
      progeny::multiprocessing::detail::track({.name = std::string(600, 'x'), .memory = {0, 0}}),
      progeny::ValueError);
}

// MP-201
TEST(ResourceTracker, LeavesABlockAloneThatWasOnlyAttachedTo) {
  SharedMemory memory({.create = true, .size = 64});
  const Unlinking unlinking(memory);
  Family stranger({"attach", memory.name()});
  EXPECT_EQ(stranger.line(), "64");
  EXPECT_EQ(stranger.rest(), "");
  EXPECT_EQ(memory.buf()[0], std::byte{'A'});
  EXPECT_TRUE(is_there(memory.name()));
}

// MP-201
TEST(ResourceTracker, RemovesAnothersBlockIfThatIsAskedFor) {
  SharedMemory memory({.create = true, .size = 64, .track = false});
  const Unlinking unlinking(memory);
  Family stranger({"attach_tracked", memory.name()});
  EXPECT_THAT(stranger.rest(), HasSubstr("1 leaked shared_memory object"));
  EXPECT_FALSE(is_there(memory.name()));
}

// MP-201
TEST(ResourceTracker, LeavesUntrackedNamesAlone) {
  Family family({"create_untracked"});
  const auto name = family.line();
  EXPECT_EQ(family.rest(), "");
  ASSERT_TRUE(is_there(name));
  SharedMemory(name).unlink();
}

// MP-206
TEST(ResourceTracker, RemovesWhatAKilledManagerHasMade) {
  Family family({"managed"});
  const auto block = family.line();
  const auto list = family.line();
  EXPECT_TRUE(is_there(block));
  EXPECT_TRUE(is_there(list));
  family.kill();
  static_cast<void>(family.rest());
  EXPECT_FALSE(is_there(block));
  EXPECT_FALSE(is_there(list));
}

// MP-206
TEST(ResourceTracker, IsSilentAboutAManagerThatHasEnded) {
  Family family({"managed"});
  const auto block = family.line();
  EXPECT_EQ(family.rest(), "");
  EXPECT_FALSE(is_there(block));
}

}  // namespace
