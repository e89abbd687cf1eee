// What a child gets from its parent, and what it does not get.

#include "multiprocessing/methods.hpp"
#include "support/system/memory_file.hpp"
#include "support/system/process_facts.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/spawn.hpp>
#include <progeny/subprocess/run.hpp>

#include <cctype>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

using progeny::multiprocessing::Connection;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

class Start : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Start);

/// The methods whose children are not copies of this process.
class FreshStart : public progeny::testing::EveryMethod {};
INSTANTIATE_TEST_SUITE_P(Method,
                         FreshStart,
                         ::testing::Values("spawn", "forkserver"),
                         [](const auto& about) { return std::string(about.param); });

std::vector<mp::Process> several(const mp::Context& context, void (*target)()) {
  const std::size_t count = context.get_start_method() == "spawn" ? 5 : 100;
  std::vector<mp::Process> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(context.Process(target));
  }
  for (auto& process : all) {
    process.start();
  }
  return all;
}

// MP-035
TEST_P(Start, ManyAtOnceAllEndWithZero) {
  for (auto& process : several(context(), [] {})) {
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(process.exitcode(), 0);
  }
}

// MP-035
TEST_P(Start, ManyAreTerminatedAtOnce) {
  auto all = several(context(), [] {
    for (;;) {
      ::pause();
    }
  });
  for (auto& process : all) {
    process.terminate();
  }
  for (auto& process : all) {
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(process.exitcode(), -SIGTERM);
  }
}

/// Sends on what has come from one process to another.
void pass_on(Connection& from, Connection& to) {
  try {
    while (from.poll()) {
      to.send_bytes(from.recv_bytes());
    }
  } catch (const progeny::EOFError&) {  // The sender has ended.
  }
}

void tell_name_and_go_deeper(Connection& connection,
                             const std::string& method,
                             const std::vector<int>& name) {
  constexpr std::size_t deepest = 2;
  connection.send(name);
  if (name.size() == deepest) {
    return;
  }
  for (const int digit : {0, 1}) {
    auto longer = name;
    longer.push_back(digit);
    auto [ours, theirs] = mp::Pipe();
    auto child =
        mp::get_context(method).Process(tell_name_and_go_deeper, std::move(theirs), method, longer);
    child.start();
    child.join();
    pass_on(ours, connection);
  }
}

// MP-041
TEST_P(Start, ChildrenMayHaveChildren) {
  auto [ours, theirs] = mp::Pipe();
  auto process =
      started(tell_name_and_go_deeper, std::move(theirs), GetParam(), std::vector<int>());
  EXPECT_TRUE(process.join(very_long));
  std::vector<std::vector<int>> names;
  while (ours.poll()) {
    try {
      names.push_back(ours.recv<std::vector<int>>());
    } catch (const progeny::EOFError&) {
      break;
    }
  }
  const std::vector<std::vector<int>> depth_first{{}, {0}, {0, 0}, {0, 1}, {1}, {1, 0}, {1, 1}};
  EXPECT_EQ(names, depth_first);
}

using progeny::multiprocessing::Subclass;

class Shouter : public Subclass<Shouter> {
 public:
  explicit Shouter(Connection theirs) : theirs_(std::move(theirs)) {}

  [[nodiscard]] auto arguments() { return std::make_tuple(std::move(theirs_)); }

  void run() override {
    for (;;) {
      auto word = theirs_.recv<std::optional<std::string>>();
      if (!word) {
        return;
      }
      for (char& letter : *word) {
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
      }
      theirs_.send(*word);
    }
  }

 private:
  Connection theirs_;
};

// MP-042
TEST_P(Start, ASubclassServesOverAPipe) {
  auto [ours, theirs] = mp::Pipe();
  Shouter process(std::move(theirs));
  context().bind(process);
  process.start();
  for (const auto& [word, answer] : {std::pair("hello", "HELLO"), std::pair("world", "WORLD")}) {
    ours.send(std::optional<std::string>(word));
    EXPECT_EQ(ours.recv<std::string>(), answer);
  }
  ours.send(std::optional<std::string>());
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
}

void tell_if_open(Connection& connection, int number) {
  connection.send(::fcntl(number, F_GETFD) != -1);
}

void tell_descriptors(Connection& connection) {
  connection.send(progeny::testing::open_descriptors());
  wait_for_word(connection);
}

// MP-053
TEST_P(FreshStart, OnlyWhatIsPassedReachesTheChild) {
  constexpr int high = 900;
  const int number = ::fcntl(0, F_DUPFD, high);
  EXPECT_FALSE(answer_of<bool>(tell_if_open, number));
  ::close(number);
}

// MP-053
TEST_P(FreshStart, ChildrenDoNotHoldEachOthersHandles) {
  std::vector<Connection> ours;
  std::vector<mp::Process> all;
  std::vector<std::size_t> counts;
  for (int i = 0; i < 5; ++i) {
    auto [mine, theirs] = mp::Pipe();
    all.push_back(started(tell_descriptors, std::move(theirs)));
    ours.push_back(std::move(mine));
    counts.push_back(ours.back().recv<std::size_t>());
  }
  EXPECT_EQ(counts, std::vector<std::size_t>(5, counts.front()));
  for (std::size_t i = 0; i < all.size(); ++i) {
    ours[i].send_bytes("end");
    EXPECT_TRUE(all[i].join(very_long));
  }
}

void tell_size(Connection& connection, const std::string& text) {
  connection.send(text == progeny::testing::pattern(text.size()) ? text.size() : 0);
}

// MP-054
TEST_P(Start, ArgumentsMayBeTensOfMegabytes) {
  constexpr std::size_t size = 40'000'000;
  EXPECT_EQ(answer_of<std::size_t>(tell_size, progeny::testing::pattern(size)), size);
}

// MP-013
TEST_P(FreshStart, AnotherExecutableIsStarted) {
  const auto own = std::filesystem::read_symlink("/proc/self/exe");
  mp::set_executable(own);
  mp::set_executable(own.string());
  EXPECT_EQ(exitcode_of(mp::ProcessOptions{}, [] {}), 0);
  mp::set_executable("/proc/self/exe");
}

// MP-014. Differs from CPython, whose start() succeeds.
TEST(Spawn, AnExecutableThatIsNotThereIsAnError) {
  mp::set_executable("/nowhere/program");
  auto process = mp::get_context("spawn").Process([] {});
  try {
    process.start();
    ADD_FAILURE() << "it has started";
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory) << error.what();
  }
  EXPECT_FALSE(process.is_alive());
  mp::set_executable("/proc/self/exe");
}

// MP-065
TEST(FreezeSupport, InAnOrdinaryRunDoesNothing) {
  const auto before = mp::get_start_method(true);
  mp::freeze_support(0, nullptr);
  EXPECT_EQ(mp::get_start_method(true), before);
}

// MP-065, MP-069
TEST(FreezeSupport, WithGarbageSaysSoAndExitsWithOne) {
  for (const std::string garbage : {"", "garbage", "\x7f\0\1\2", "progeny"}) {
    const progeny::testing::MemoryFile file(garbage);
    const auto own = std::filesystem::read_symlink("/proc/self/exe");
    const auto done = progeny::subprocess::run(
        {own.string(), "--multiprocessing-worker=" + std::to_string(file.descriptor())},
        {.capture_output = true, .pass_fds = {file.descriptor()}});
    EXPECT_EQ(done.returncode, 1);
    EXPECT_NE(done.std_err.value_or("").find("cannot read what it is to do"), std::string::npos);
    EXPECT_EQ(done.std_out, "") << "main was entered";
  }
}

}  // namespace
