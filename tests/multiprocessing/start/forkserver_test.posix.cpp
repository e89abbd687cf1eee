// The start method `forkserver`. A test that needs a server of its own runs in a fresh process.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/start/served.posix.hpp"
#include "support/system/file_contents.hpp"
#include "support/system/process_facts.posix.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/forkserver.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

using progeny::multiprocessing::Connection;
using progeny::multiprocessing::PreloadError;
using progeny::testing::eventually;
using progeny::testing::holds_in_fresh_process;
using progeny::testing::is_running;
using progeny::testing::require;
using progeny::testing::Resident;
using progeny::testing::served;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

// MP-057
TEST(ForkServer, ReportsThePidAndTheExitCodeOfTheChild) {
  Resident resident;
  EXPECT_EQ(resident.process.pid(), resident.pid);
  EXPECT_EQ(::kill(resident.pid, SIGKILL), 0);
  EXPECT_TRUE(resident.process.join(very_long));
  EXPECT_EQ(resident.process.exitcode(), -SIGKILL);
}

void start_grandchild(Connection& connection) {
  Resident resident;
  connection.send(resident.server);
  resident.dismiss();
}

// MP-071
TEST(ForkServer, IsTheSameForNestedChildren) {
  mp::forkserver::ensure_running();
  Resident first;
  mp::forkserver::ensure_running();
  Resident second;
  EXPECT_EQ(first.server, second.server);
  auto [ours, theirs] = mp::Pipe();
  auto nested = served(start_grandchild, std::move(theirs));
  EXPECT_EQ(ours.recv<int>(), first.server);
  EXPECT_TRUE(nested.join(very_long));
  first.dismiss();
  second.dismiss();
}

// MP-073
TEST(ForkServer, IsNotInterruptedButItsChildrenAre) {
  Resident before;
  EXPECT_EQ(::kill(before.server, SIGINT), 0);
  Resident after;
  EXPECT_EQ(after.server, before.server);
  after.process.interrupt();
  EXPECT_TRUE(after.process.join(very_long));
  EXPECT_EQ(after.process.exitcode(), -SIGINT);
  before.dismiss();
}

// MP-078
TEST(ForkServer, CannotPassMoreHandlesThanAMessageHolds) {
  std::vector<Connection> many;
  for (int i = 0; i < 130; ++i) {
    auto [a, b] = mp::Pipe();
    many.push_back(std::move(a));
    many.push_back(std::move(b));
  }
  auto process = mp::get_context("forkserver")
                     .Process([](std::vector<Connection>& /*all*/) {}, std::move(many));
  EXPECT_THROW(process.start(), progeny::ValueError);
  Resident().dismiss();
}

// MP-080
TEST(ForkServer, IsSafeBesideThreadsThatHoldLocks) {
  std::atomic<bool> over = false;
  std::vector<std::jthread> busy;
  for (int i = 0; i < 4; ++i) {
    busy.emplace_back([&over] {
      while (!over) {
        const std::string text(1000, 'x');
        static_cast<void>(std::fprintf(stdout, "%s", text.substr(0, 0).c_str()));
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    auto process = served([] { std::string(1000, 'y').append(1000, 'z'); });
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(process.exitcode(), 0);
  }
  over = true;
}

TEST(EachMethod, StartsFromEightThreadsAtOnce) {
  for (const char* const method : {"fork", "spawn", "forkserver"}) {
    std::atomic<int> good = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 8; ++i) {
        threads.emplace_back([method, &good] {
          for (int round = 0; round < 5; ++round) {
            auto process = mp::get_context(method).Process([] {});
            process.start();
            good += process.join(very_long) && process.exitcode() == 0 ? 1 : 0;
          }
        });
      }
    }
    EXPECT_EQ(good, 40) << method;
  }
}

void lose_the_server() {
  Resident resident;
  require(::kill(resident.server, SIGKILL) == 0);
  resident.ours.send_bytes("end");
  require(resident.process.join(very_long));
  require(resident.process.exitcode() == 255);
  Resident next;  // A new server starts it.
  require(next.server != resident.server);
  next.dismiss();
}

// MP-059
TEST(ForkServer, IsReplacedAfterItWasKilled) {
  EXPECT_TRUE(holds_in_fresh_process(lose_the_server));
}

void keep_a_server(Connection& connection) {
  const Resident resident;
  connection.send(resident.server);
  wait_for_word(connection);
}

// MP-074
TEST(ForkServer, EndsWhenItsLastClientIsKilled) {
  auto [ours, theirs] = mp::Pipe();
  auto client = mp::get_context("spawn").Process(keep_a_server, std::move(theirs));
  client.start();
  const int server = ours.recv<int>();
  EXPECT_TRUE(is_running(server));
  client.kill();
  EXPECT_TRUE(client.join(very_long));
  EXPECT_TRUE(eventually([server] { return !is_running(server); }));
}

std::atomic<int> preloads = 0;

void preload() {
  ++preloads;
  std::fputs("preload ", stdout);
}

void require_preload(std::string file) {
  require(preloads == 1);
  require(std::freopen(file.c_str(), "a", stdout) != nullptr);
  std::fputs("child ", stdout);
}

void preload_once(std::string file) {
  require(std::freopen((file + ".server").c_str(), "w", stdout) != nullptr);
  mp::set_forkserver_preload({preload});
  for (int i = 0; i < 2; ++i) {
    auto process = served(require_preload, file);
    require(process.join(very_long) && process.exitcode() == 0);
  }
  require(preloads == 0);
}

// MP-076, MP-077
TEST(Preload, RunsOnceAndItsTextAppearsOnce) {
  const progeny::testing::TempDir folder;
  const std::string file = folder.path() / "out";
  EXPECT_TRUE(holds_in_fresh_process(preload_once, file));
  EXPECT_EQ(progeny::testing::contents(file), "child child ");
  EXPECT_TRUE(eventually([&] {
    return progeny::testing::contents(file + ".server") == "preload ";
  })) << progeny::testing::contents(file + ".server");
}

// Here, because a server does not get past `freeze_support` in `main`.
const bool is_registered = [] {
  mp::register_function("progeny.test.preload", preload);
  return true;
}();

void preload_by_name() {
  mp::set_forkserver_preload({"progeny.test.preload"}, PreloadError::fail);
  auto process = served([] { require(preloads == 1); });
  require(process.join(very_long) && process.exitcode() == 0);
}

TEST(Preload, FindsARegisteredFunctionByItsName) {
  ASSERT_TRUE(is_registered);
  EXPECT_TRUE(holds_in_fresh_process(preload_by_name));
}

void preload_unknown(int on_error) {
  mp::set_forkserver_preload({"progeny.test.unknown"}, static_cast<PreloadError>(on_error));
  auto process = served([] {});
  require(process.join(very_long) && process.exitcode() == 0);
}

void fail() {
  throw std::runtime_error("preload failed on purpose");
}

void preload_failure() {
  mp::set_forkserver_preload({fail}, PreloadError::fail);
  try {
    served([] {});
  } catch (const progeny::EOFError& error) {
    require(std::string(error.what()).find("a preload function failed") != std::string::npos);
    return;
  }
  require(false);
}

// MP-075
TEST(Preload, AnUnknownFunctionIsIgnoredOrWarnedOf) {
  EXPECT_TRUE(holds_in_fresh_process(preload_unknown, static_cast<int>(PreloadError::ignore)));
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(holds_in_fresh_process(preload_unknown, static_cast<int>(PreloadError::warn)));
  const auto text = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("progeny.test.unknown"), std::string::npos) << text;
}

// MP-075
TEST(Preload, AFailureMayEndTheServer) {
  EXPECT_TRUE(holds_in_fresh_process(preload_failure));
}

}  // namespace
