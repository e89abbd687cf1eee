// What is true only of the start method `fork`.

#include "multiprocessing/methods.hpp"
#include "support/system/process_facts.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>

#include <array>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using progeny::Handle;
using progeny::multiprocessing::Connection;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

template <class Target>
mp::Process forked(Target target) {
  auto process = mp::get_context("fork").Process(std::move(target));
  process.start();
  return process;
}

template <class Target>
std::optional<std::int64_t> exitcode_of_fork(Target target) {
  auto process = forked(std::move(target));
  EXPECT_TRUE(process.join(very_long));
  return process.exitcode();
}

TEST(Fork, TakesClosures) {
  const std::string captured = "seen";
  const auto big = std::make_unique<int>(5);
  EXPECT_EQ(
      exitcode_of_fork([&captured, &big] { throw mp::SystemExit(captured == "seen" ? *big : 0); }),
      5);
}

// MP-047
TEST(Fork, ChildrenHaveTheDescriptorsOfTheirParent) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const Handle one(ends[0]);
  const Handle two(ends[1]);
  const Handle high(::fcntl(one.get(), F_DUPFD_CLOEXEC, 50));
  ASSERT_GE(high.get(), 50);
  EXPECT_EQ(exitcode_of_fork([number = high.get()] {
              throw mp::SystemExit(::write(number, "x", 1) == 1 ? 0 : 1);
            }),
            0);
  char byte = '\0';
  EXPECT_EQ(::read(two.get(), &byte, 1), 1);
}

// MP-025
TEST(Fork, AChildMayNotJoinItsSibling) {
  auto [ours, theirs] = mp::Pipe();
  auto sibling = mp::get_context("fork").Process(wait_for_word, std::move(theirs));
  sibling.start();
  EXPECT_EQ(exitcode_of_fork([&sibling] {
              int refused = 0;
              for (const auto& act : {+[](mp::Process& p) { p.join(); },
                                      +[](mp::Process& p) { static_cast<void>(p.is_alive()); },
                                      +[](mp::Process& p) { p.start(); }}) {
                try {
                  act(sibling);
                } catch (const progeny::UsageError&) {
                  ++refused;
                }
              }
              throw mp::SystemExit(refused);
            }),
            3);
  ours.send_bytes("end");
  EXPECT_TRUE(sibling.join(very_long));
}

// MP-051
TEST(Fork, AGrandchildDoesNotDelayTheSentinel) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context("fork").Process([&theirs] {
    if (::fork() == 0) {
      wait_for_word(theirs);
      ::_exit(0);
    }
    ::_exit(0);
  });
  process.start();
  theirs.close();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(mp::connection::wait({process.sentinel()}, 0s).size(), 1U);
  EXPECT_EQ(process.exitcode(), 0);
  ours.send_bytes("end");
}

// MP-052
TEST(Fork, AChildThatSomebodyElseReapsIsOver) {
  auto process = forked([] {});
  ASSERT_EQ(::waitpid(process.pid().value(), nullptr, 0), process.pid().value());
  EXPECT_TRUE(process.join(very_long));
  EXPECT_FALSE(process.is_alive());
  EXPECT_EQ(process.exitcode(), std::nullopt);
}

// MP-050
TEST(Fork, NoSignalGoesToANumberThatIsFree) {
  auto process = forked([] {});
  ASSERT_EQ(::waitpid(process.pid().value(), nullptr, 0), process.pid().value());
  process.kill();
  process.terminate();
  EXPECT_TRUE(process.join(very_long));
}

// MP-043
TEST(Fork, ActiveChildrenReapsThoseThatHaveEnded) {
  auto process = forked([] {});
  const int pid = process.pid().value();
  EXPECT_TRUE(progeny::testing::await_end(pid));
  static_cast<void>(mp::active_children());
  EXPECT_FALSE(progeny::testing::is_unreaped_child(pid));
}

// MP-043
TEST(Fork, StartingAnotherReapsThoseThatHaveEnded) {
  auto first = forked([] {});
  const int pid = first.pid().value();
  EXPECT_TRUE(progeny::testing::await_end(pid));
  auto second = forked([] {});
  EXPECT_FALSE(progeny::testing::is_unreaped_child(pid));
  EXPECT_TRUE(second.join(very_long));
}

/// What reaches stdout if a child runs `body` while the parent has `before` in its buffer.
std::string output_of(void (*body)(), const char* before) {
  ::testing::internal::CaptureStdout();
  std::fputs(before, stdout);
  EXPECT_EQ(exitcode_of_fork(body), 0);
  return ::testing::internal::GetCapturedStdout();
}

// MP-040
TEST(Fork, BufferedTextOfTheParentAppearsOnceAndFirst) {
  EXPECT_EQ(output_of([] { std::fputs("child", stdout); }, "parent "), "parent child");
}

// MP-040
TEST(Fork, BufferedTextOfTheChildIsFlushedAtItsEnd) {
  EXPECT_EQ(output_of([] { std::cout << "iostream"; }, ""), "iostream");
}

struct SaysGoodbye {
  SaysGoodbye() = default;
  SaysGoodbye(const SaysGoodbye&) = delete;
  SaysGoodbye& operator=(const SaysGoodbye&) = delete;
  ~SaysGoodbye() { ::write(STDOUT_FILENO, "goodbye", 7); }
};

void end_with_a_static_of_the_parent(bool by_exit) {
  static const SaysGoodbye said_by_the_parent;
  std::atexit([] { ::write(STDOUT_FILENO, "at exit", 7); });
  auto child = forked([by_exit] {
    if (by_exit) {
      std::exit(0);  // NOLINT(concurrency-mt-unsafe): what is tested.
    }
  });
  child.join();
  ::_exit(0);
}

TEST(Fork, NothingOfTheParentsEndRunsInTheChild) {
  for (const bool by_exit : {false, true}) {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(exitcode_of_fork([by_exit] { end_with_a_static_of_the_parent(by_exit); }), 0);
    EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  }
}

// MP-038
TEST(Fork, WorksWithoutStandardStreams) {
  EXPECT_EQ(exitcode_of_fork([] {
              ::close(STDIN_FILENO);
              ::close(STDOUT_FILENO);
              ::close(STDERR_FILENO);
              throw mp::SystemExit(static_cast<int>(exitcode_of_fork([] {}).value_or(9)));
            }),
            0);
}

// MP-280
TEST(Fork, WithSeveralThreadsItWarnsOnce) {
  ::testing::internal::CaptureStderr();
  // In a spawned process, which has not warned yet. This one may have.
  auto process = mp::get_context("spawn").Process([] {
    const std::jthread other([](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        std::this_thread::yield();
      }
    });
    exitcode_of_fork([] {});
    exitcode_of_fork([] {});
  });
  process.start();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
  const auto text = ::testing::internal::GetCapturedStderr();
  const auto first = text.find("forkserver");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("forkserver", first + 1), std::string::npos);
}

/// The pid of a child whose parent is killed.
int orphan_of(const std::optional<bool>& dies_with_parent, bool daemon, Connection& alive) {
  auto [ours, theirs] = mp::Pipe();
  auto middle = mp::get_context("fork").Process([&] {
    auto child = mp::get_context("fork").Process(
        mp::ProcessOptions{.daemon = daemon, .die_with_parent = dies_with_parent},
        [&alive] { wait_for_word(alive); });
    child.start();
    theirs.send_bytes(std::to_string(child.pid().value()));
    child.join();
  });
  middle.start();
  const int orphan = std::stoi(ours.recv_bytes());
  middle.kill();
  middle.join();
  return orphan;
}

TEST(DieWithParent, EndsADaemonWhoseParentWasKilled) {
  auto [ours, theirs] = mp::Pipe();
  const int orphan = orphan_of({}, true, theirs);
  EXPECT_TRUE(progeny::testing::eventually([&] { return !progeny::testing::is_running(orphan); }));
}

TEST(DieWithParent, EndsAChildThatAskedForIt) {
  auto [ours, theirs] = mp::Pipe();
  const int orphan = orphan_of(true, false, theirs);
  EXPECT_TRUE(progeny::testing::eventually([&] { return !progeny::testing::is_running(orphan); }));
}

TEST(DieWithParent, LeavesOtherChildrenAlone) {
  auto [ours, theirs] = mp::Pipe();
  const int orphan = orphan_of({}, false, theirs);
  EXPECT_TRUE(progeny::testing::is_running(orphan));
  ours.send_bytes("end");
  EXPECT_TRUE(progeny::testing::eventually([&] { return !progeny::testing::is_running(orphan); }));
}

}  // namespace
