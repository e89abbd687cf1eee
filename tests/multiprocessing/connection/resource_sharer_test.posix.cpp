#include "multiprocessing/process/process_core.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/raw_peer.posix.hpp"
#include "support/system/memory_file.hpp"
#include "support/system/process_facts.posix.hpp"

#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace progeny::multiprocessing::resource_sharer {

namespace {

// Each test ends without shared handles.
struct Sharing : ::testing::Test {
  void TearDown() override { EXPECT_TRUE(stop(testing::very_long)); }
  testing::MemoryFile file{"text"};
};

std::string text_in(const Handle& handle) {
  std::string text(4, '.');
  static_cast<void>(!::pread(handle.get(), text.data(), text.size(), 0));
  return text;
}

// The signals that thread `id` blocks, as /proc writes them.
std::string blocked_in(const std::string& id) {
  std::ifstream status("/proc/self/task/" + id + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("SigBlk:")) {
      return line.substr(line.find_last_of('\t') + 1);
    }
  }
  return {};
}

std::set<std::string> threads() {
  std::set<std::string> ids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    ids.insert(entry.path().filename());
  }
  return ids;
}

// Waits until all other threads sleep. A fork then copies no lock that is taken, not even one of a
// sanitizer.
bool await_sharer() {
  return testing::eventually([] {
    return std::ranges::all_of(threads(), [](const std::string& id) {
      std::ifstream file("/proc/self/task/" + id + "/stat");
      std::string line;
      std::getline(file, line);
      const auto end_of_name = line.rfind(") ");
      return id == std::to_string(::getpid()) ||
             (end_of_name != std::string::npos && line[end_of_name + 2] == 'S');
    });
  });
}

// Whether thread `id` blocks the signals that processes are sent.
bool is_quiet(const std::string& id) {
  std::uint64_t wanted = 0;
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, SIGALRM}) {
    wanted |= std::uint64_t{1} << (signal - 1);
  }
  return (std::stoull(blocked_in(id), nullptr, 16) & wanted) == wanted;
}

// MP-184
TEST_F(Sharing, GivesAHandleOutOnce) {
  const DupFd ticket(file.descriptor());
  const DupFd copy(ticket.address(), ticket.key());
  EXPECT_EQ(text_in(copy.detach()), "text");
  EXPECT_THROW(static_cast<void>(ticket.detach()), LookupError);
}

TEST_F(Sharing, GivesOutWhatTheOwnerHasClosedMeanwhile) {
  Handle closed_soon(::dup(file.descriptor()));
  const DupFd ticket(closed_soon.get());
  closed_soon.reset();
  EXPECT_EQ(text_in(ticket.detach()), "text");
}

// MP-184
TEST_F(Sharing, RefusesAProcessWithAnotherKey) {
  const DupFd ticket(file.descriptor());
  ASSERT_TRUE(await_sharer());
  testing::ForkedChild child([&ticket] {
    detail::set_current_authkey("another key");
    try {
      static_cast<void>(ticket.detach());
      return 1;
    } catch (const AuthenticationError&) {
      return 0;
    }
  });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(text_in(ticket.detach()), "text") << "the stranger did not use up the ticket";
}

// MP-185
TEST_F(Sharing, StartsItsThreadAtFirstUseWithAllSignalsBlocked) {
  // The thread sanitizer starts a thread of its own along with the first one.
  std::thread([] {}).join();
  const std::set<std::string> before = threads();
  const DupFd ticket(file.descriptor());
  std::vector<std::string> started;
  std::ranges::set_difference(threads(), before, std::back_inserter(started));
  ASSERT_EQ(started.size(), 1U);
  EXPECT_TRUE(is_quiet(started.front()));
}

// MP-185
TEST_F(Sharing, StopsAndStartsAgain) {
  const std::size_t descriptors = testing::open_descriptors();
  for (int round = 0; round < 200; ++round) {
    const DupFd dropped(file.descriptor());
    const DupFd ticket(file.descriptor());
    EXPECT_EQ(text_in(ticket.detach()), "text");
    ASSERT_TRUE(stop(testing::very_long));
    EXPECT_THROW(static_cast<void>(dropped.detach()), OSError);
  }
  EXPECT_TRUE(stop()) << "nothing runs, so nothing is to be stopped";
  EXPECT_TRUE(testing::eventually([&] { return testing::open_descriptors() <= descriptors; }));
}

// MP-185
TEST_F(Sharing, StartsAnewInAForkedChild) {
  const DupFd ticket(file.descriptor());
  ASSERT_TRUE(await_sharer());
  testing::ForkedChild child([this, &ticket] {
    const DupFd own(file.descriptor());
    const bool is_another = own.address() != ticket.address();
    return is_another && text_in(own.detach()) == "text" ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(text_in(ticket.detach()), "text") << "the parent still has its handle";
}

// MP-185: once the owner drops a shared handle, it is open nowhere.
TEST_F(Sharing, LeavesNothingOpenInAForkedChild) {
  auto [reader, writer] = Pipe(false);
  const DupFd ticket(writer.fileno());
  writer.close();
  auto [go, child_go] = Pipe();
  testing::ForkedChild child([&child_go] { return child_go.recv_bytes() == "end" ? 0 : 1; });
  EXPECT_TRUE(stop(testing::very_long));
  EXPECT_TRUE(reader.poll(testing::very_long)) << "the child still has the other end";
  EXPECT_THROW(static_cast<void>(reader.recv_bytes()), EOFError);
  go.send_bytes("end");
  EXPECT_EQ(child.wait(), 0);
}

TEST_F(Sharing, SurvivesReceiversThatGiveUp) {
  const DupFd ticket(file.descriptor());
  for (int i = 0; i < 20; ++i) {
    Connection stranger = connection::Client(ticket.address());
    if (i % 2 == 0) {
      stranger.send_bytes("no answer to any challenge");
    }
  }
  EXPECT_EQ(text_in(ticket.detach()), "text");
}

TEST_F(Sharing, ServesSeveralThreadsAtOnce) {
  std::vector<std::jthread> receivers;
  for (int i = 0; i < 8; ++i) {
    receivers.emplace_back([this] {
      for (int round = 0; round < 25; ++round) {
        EXPECT_EQ(text_in(DupFd(file.descriptor()).detach()), "text");
      }
    });
  }
}

TEST_F(Sharing, EndsWithItsOwner) {
  auto [a, b] = Pipe();
  testing::ForkedChild owner([this, &b] {
    const DupFd ticket(file.descriptor());
    b.send(ticket.address());
    static_cast<void>(b.recv_bytes());
    return 0;
  });
  const auto address = a.recv<std::string>();
  owner.kill();
  EXPECT_EQ(owner.wait(), -SIGKILL);
  EXPECT_THROW(static_cast<void>(DupFd(address, 1).detach()), OSError);
}

// A child forked from a process with threads starts threads here. The thread sanitizer cannot
// follow them, and the address sanitizer of GCC 12 leaves its allocator locked in such a child.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
TEST_F(Sharing, CopesWithForksOfOtherThreads) {
  const std::jthread sharer([this](const std::stop_token& stopped) {
    while (!stopped.stop_requested()) {
      EXPECT_EQ(text_in(DupFd(file.descriptor()).detach()), "text");
    }
  });
  for (int round = 0; round < 200; ++round) {
    testing::ForkedChild child([this] {
      const DupFd ticket(file.descriptor());
      return text_in(ticket.detach()) == "text" ? 0 : 1;
    });
    ASSERT_EQ(child.wait(), 0);
  }
}
#endif

}  // namespace

}  // namespace progeny::multiprocessing::resource_sharer
