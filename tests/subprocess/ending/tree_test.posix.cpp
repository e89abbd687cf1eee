// Stopping a child with all that descend from it.

#include "support/children/endings.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <vector>

namespace progeny::subprocess {

namespace {

using namespace std::chrono_literals;

// A shell that runs `script`, which prints the numbers of so many processes.
class TreeOfShells {
 public:
  TreeOfShells(const std::string& script, std::size_t count)
      : root_({"bash", "-c", script}, {.std_out = PIPE, .at_scope_exit = AtScopeExit::kill}) {
    while (pids_.size() < count) {
      pids_.push_back(std::stoi(root_.std_out().readline()));
    }
  }

  [[nodiscard]] Popen& root() { return root_; }
  // Those that have ended may be zombies until their new parent has reaped them.
  [[nodiscard]] bool all_ended() const {
    return testing::eventually([&] {
      return std::ranges::none_of(pids_, [](int pid) { return testing::is_running(pid); });
    });
  }

 private:
  Popen root_;
  std::vector<int> pids_;
};

TEST(KillTree, ReachesChildrenAndTheirChildren) {
  TreeOfShells tree("for i in 1 2 3; do (sleep 600 & echo $!; echo $BASHPID; wait) & done; wait",
                    6);
  tree.root().kill_tree();
  EXPECT_EQ(tree.root().wait(testing::very_long), -SIGKILL);
  EXPECT_TRUE(tree.all_ended());
  EXPECT_NO_THROW(tree.root().kill_tree());
}

TEST(KillTree, ReachesSessionsOfTheirOwn) {
  TreeOfShells tree(
      "setsid sleep 600 & echo $!; "
      "setsid bash -c 'echo $$; sleep 600 & echo $!; wait' & wait",
      3);
  tree.root().kill_tree();
  tree.root().wait(testing::very_long);
  EXPECT_TRUE(tree.all_ended());
}

// Children that end at once and start others meanwhile.
TEST(KillTree, ReachesThoseThatKeepForking) {
  TreeOfShells tree(
      "f() { while true; do sleep 0.01 & wait; done; }; "
      "for i in 1 2 3 4; do f & echo $!; done; wait",
      4);
  tree.root().kill_tree();
  tree.root().wait(testing::very_long);
  EXPECT_TRUE(tree.all_ended());
}

TEST(KillTree, OfAHundredProcesses) {
  TreeOfShells tree("for i in {1..100}; do sleep 600 & echo $!; done; wait", 100);
  tree.root().kill_tree();
  tree.root().wait(testing::very_long);
  EXPECT_TRUE(tree.all_ended());
}

TEST(TerminateTree, AsksAll) {
  TreeOfShells tree("trap 'exit 7' TERM; sleep 600 & echo $!; wait", 1);
  tree.root().terminate_tree();
  EXPECT_EQ(tree.root().wait(testing::very_long), 7);
  EXPECT_TRUE(tree.all_ended());
}

TEST(StopTree, KillsWhatDoesNotEndByItself) {
  TreeOfShells tree(
      "trap '' TERM; bash -c \"trap '' TERM; echo \\$\\$; while true; do sleep 600; "
      "done\" & while true; do wait; sleep 1; done",
      1);
  EXPECT_EQ(tree.root().stop(100ms), -SIGKILL);
  EXPECT_TRUE(tree.all_ended());
}

TEST(StopTree, EndsAtOnceIfAllDo) {
  TreeOfShells tree("sleep 600 & echo $!; wait", 1);
  EXPECT_EQ(tree.root().stop(testing::very_long), -SIGTERM);
  EXPECT_TRUE(tree.all_ended());
  EXPECT_EQ(tree.root().stop(), -SIGTERM);
}

}  // namespace

}  // namespace progeny::subprocess
