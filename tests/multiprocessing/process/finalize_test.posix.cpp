// Callbacks at the end of a process, hooks in forked children, and the folder for temporary files.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/process/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/util.hpp>

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace {

using progeny::multiprocessing::Connection;
using progeny::testing::very_long;
using ::testing::StartsWith;
namespace mp = progeny::multiprocessing;
namespace util = progeny::multiprocessing::util;

class ExitCallbacks : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(ExitCallbacks);

TEST(Finalize, RunsOnceWhenItIsDestroyed) {
  int runs = 0;
  {
    const util::Finalize finalize([&] { ++runs; });
    EXPECT_TRUE(finalize.still_active());
  }
  EXPECT_EQ(runs, 1);
}

// MP-272
TEST(Finalize, RunsWhenCalledAndNotAgain) {
  int runs = 0;
  util::Finalize finalize([&] { ++runs; }, 1);
  EXPECT_TRUE(finalize());
  EXPECT_FALSE(finalize());
  EXPECT_FALSE(finalize.still_active());
  EXPECT_EQ(runs, 1);
}

// MP-272
TEST(Finalize, DoesNotRunWhenCancelled) {
  int runs = 0;
  {
    util::Finalize finalize([&] { ++runs; }, 1);
    finalize.cancel();
    EXPECT_FALSE(finalize.still_active());
  }
  EXPECT_EQ(runs, 0);
}

// MP-272
TEST(Finalize, WithoutAPriorityCannotBeLeftToTheEnd) {
  util::Finalize finalize([] {});
  EXPECT_THROW(finalize.detach(), progeny::ValueError);
}

// MP-272
TEST(Finalize, OfTheParentDoesNothingInAFork) {
  auto [ours, theirs] = mp::Pipe();
  Connection* const there = &theirs;
  const util::Finalize finalize([there, self = ::getpid()] {
    if (::getpid() != self) {
      there->send_bytes("ran");
    }
  });
  auto process = mp::get_context("fork").Process([] {});
  process.start();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_FALSE(ours.poll());
}

TEST(Finalize, OfTheParentLeavesTheCallbacksOfAForkAlone) {
  auto [ours, theirs] = mp::Pipe();
  Connection* const there = &theirs;
  // Each process is forked anew, so that its first callback has the first number of its registry.
  auto middle = mp::get_context("fork").Process([there] {
    std::optional<util::Finalize> of_parent(std::in_place, [] {}, 0);
    auto process = mp::get_context("fork").Process([there, &of_parent] {
      util::at_exit([there] { there->send_bytes("ran"); }, 0);
      of_parent.reset();
    });
    process.start();
    process.join();
  });
  middle.start();
  EXPECT_TRUE(middle.join(very_long));
  EXPECT_TRUE(ours.poll());
}

void leave_word_at_exit(Connection& connection) {
  auto* const kept = new Connection(std::move(connection));
  util::at_exit([kept] { kept->send_bytes("low"); }, 0);
  util::at_exit([kept] { kept->send_bytes("high, first"); }, 5);
  util::at_exit([kept] { kept->send_bytes("high, second"); }, 5);
  util::at_exit([kept] { kept->send_bytes("last"); }, -5);
}

std::vector<std::string> all_of(Connection& connection) {
  std::vector<std::string> words;
  try {
    for (;;) {
      words.push_back(connection.recv_bytes());
    }
  } catch (const progeny::EOFError&) {
    return words;
  }
}

// MP-045
TEST_P(ExitCallbacks, RunInAChildByPriorityTheNewestFirst) {
  auto [ours, theirs] = mp::Pipe();
  auto process = started(leave_word_at_exit, std::move(theirs));
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
  EXPECT_EQ(all_of(ours), (std::vector<std::string>{"high, second", "high, first", "low", "last"}));
}

// MP-273
TEST_P(ExitCallbacks, GoOnAfterOneThatThrows) {
  const auto target = [](Connection& connection) {
    auto* const kept = new Connection(std::move(connection));
    util::at_exit([kept] { kept->send_bytes("still ran"); }, 1);
    util::at_exit([] { throw std::runtime_error("meant"); }, 2);
  };
  auto [ours, theirs] = mp::Pipe();
  auto process = started(target, std::move(theirs));
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
  EXPECT_EQ(all_of(ours), (std::vector<std::string>{"still ran"}));
}

// MP-273
TEST(Finalize, IsSafeFromManyThreads) {
  constexpr int rounds = 2'000;
  std::atomic<int> runs{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&runs] {
      for (int round = 0; round < rounds; ++round) {
        util::Finalize finalize([&runs] { ++runs; }, round % 3);
        if (round % 2 == 0) {
          finalize();
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(runs, 4 * rounds);
}

// MP-045: callbacks of the parent do not run in a child.
TEST(ExitCallbacksOfTheParent, DoNotRunInAFork) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context("fork").Process(
      [] {  // In a child, so that the test program does not keep the callback.
        auto [here, there] = mp::Pipe();
        auto* const kept = new Connection(std::move(there));
        util::at_exit([kept, self = ::getpid()] {
          if (::getpid() != self) {
            kept->send_bytes("ran");
          }
        });
        auto child = mp::get_context("fork").Process([] {});
        child.start();
        child.join();
        throw mp::SystemExit(here.poll() ? 1 : 0);
      });
  process.start();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
}

// MP-048
TEST(AfterForkHooks, RunInOrderBeforeTheTargetAndGoOnAfterAFailure) {
  auto middle = mp::get_context("fork").Process([] {
    static std::string trace;
    util::register_after_fork([] { trace += "a"; });
    util::register_after_fork([] { throw std::runtime_error("meant"); });
    util::register_after_fork([] { trace += "b"; });
    auto child =
        mp::get_context("fork").Process([] { throw mp::SystemExit(trace == "ab" ? 0 : 1); });
    child.start();
    child.join();
    throw mp::SystemExit(static_cast<int>(child.exitcode().value_or(2)));
  });
  middle.start();
  EXPECT_TRUE(middle.join(very_long));
  EXPECT_EQ(middle.exitcode(), 0);
}

unsigned mode_of(const std::string& path) {
  struct stat facts{};
  EXPECT_EQ(::stat(path.c_str(), &facts), 0);
  return facts.st_mode & 0777U;
}

// MP-275
TEST_P(ExitCallbacks, ChildrenHaveTheTemporaryFolderOfTheirParent) {
  const auto path = util::get_temp_dir();
  EXPECT_EQ(util::get_temp_dir(), path);
  EXPECT_THAT(std::filesystem::path(path).filename().string(), StartsWith("pymp-"));
  EXPECT_EQ(mode_of(path), 0700U);
  const auto tell = [](Connection& connection) { connection.send(util::get_temp_dir()); };
  EXPECT_EQ(answer_of<std::string>(tell), path);
  EXPECT_TRUE(std::filesystem::exists(path));
}

// MP-275
TEST(TemporaryFolder, IsRemovedWhenItsMakerEnds) {
  // A child has the folder of this process, if there is one. This child is to make its own.
  const auto known = mp::detail::known_temp_dir();
  mp::detail::take_over_temp_dir(std::nullopt);
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context("spawn").Process(
      [](Connection& connection) { connection.send(util::get_temp_dir()); }, std::move(theirs));
  process.start();
  ASSERT_TRUE(ours.poll(very_long));
  const auto path = ours.recv<std::string>();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_FALSE(std::filesystem::exists(path));
  mp::detail::take_over_temp_dir(known);
}

}  // namespace
