#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/memory_file.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

bool is_blocking(int descriptor) {
  return (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0;
}

// The same for a descriptor of another process.
bool is_blocking_in(int pid, int descriptor) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/fdinfo/" + std::to_string(descriptor));
  for (std::string word; file >> word;) {
    if (word == "flags:" && file >> word) {
      return (std::stol(word, nullptr, 8) & O_NONBLOCK) == 0;
    }
  }
  return false;
}

// SP-031
TEST(Inherit, SharesTheParentsDescriptors) {
  const MemoryFile in("pear");
  const MemoryFile out;
  const MemoryFile err;
  EXPECT_EQ(verdict_of_copy([&] {
              ::dup2(in.descriptor(), 0);
              ::dup2(out.descriptor(), 1);
              ::dup2(err.descriptor(), 2);
              return sp::call(child("echo_to_both"));
            }),
            0);
  EXPECT_EQ(out.contents(), "pear");
  EXPECT_EQ(err.contents(), "pear");
}

// SP-038
TEST(Inherit, StderrThatFollowsStdoutGoesToTheParentsStdout) {
  const MemoryFile out;
  EXPECT_EQ(verdict_of_copy([&] {
              ::dup2(out.descriptor(), 1);
              return sp::call(child("print", "apple", "orange"), {.std_err = sp::STDOUT});
            }),
            0);
  EXPECT_EQ(out.contents(), "appleorange");
}

// SP-039, SP-064
TEST(Inherit, ByNumberWorksThoughTheParentsStreamIsCloseOnExec) {
  const MemoryFile in("pear");
  const MemoryFile out;
  const MemoryFile err;
  EXPECT_EQ(verdict_of_copy([&] {
              ::dup3(in.descriptor(), 0, O_CLOEXEC);
              ::dup3(out.descriptor(), 1, O_CLOEXEC);
              ::dup3(err.descriptor(), 2, O_CLOEXEC);
              const auto code =
                  sp::call(child("echo_to_both"), {.std_in = 0, .std_out = 1, .std_err = 2});
              const bool unchanged =
                  is_close_on_exec(0) && is_close_on_exec(1) && is_close_on_exec(2);
              return unchanged ? code : 1;
            }),
            0);
  EXPECT_EQ(out.contents(), "pear");
  EXPECT_EQ(err.contents(), "pear");
}

// SP-049
TEST(Blocking, IsWhatAllStreamsOfTheChildAre) {
  sp::Popen p(child("pause_until_killed"), all_pipes());
  EXPECT_THROW(p.communicate(pattern(200'000), std::chrono::milliseconds(20)), sp::TimeoutExpired);
  EXPECT_TRUE(is_blocking_in(p.pid(), 0));
  EXPECT_TRUE(is_blocking_in(p.pid(), 1));
  EXPECT_TRUE(is_blocking_in(p.pid(), 2));
  p.kill();
  p.communicate();
}

// SP-049
TEST(Blocking, IsLeftAsItIsOnTheCallersDescriptors) {
  const OwnPipe in;
  const OwnPipe out;
  sp::Popen p(child("print", "out", "err"),
              {.std_in = in.read_end, .std_out = out.write_end, .std_err = sp::PIPE});
  EXPECT_EQ(p.communicate({}, very_long).std_err, "err");
  for (const int end :
       {in.read_end.get(), in.write_end.get(), out.read_end.get(), out.write_end.get()}) {
    EXPECT_TRUE(is_blocking(end));
  }
}

// SP-049
TEST(Blocking, OfTheParentsOwnStreamsDoesNotChange) {
  const OwnPipe pipe;
  EXPECT_EQ(verdict_of_copy([&] {
              ::dup2(pipe.read_end.get(), 0);
              ::dup2(pipe.write_end.get(), 1);
              sp::run(child("print", "out", "err"), {.std_err = sp::PIPE});
              return is_blocking(0) && is_blocking(1) ? 0 : 1;
            }),
            0);
}

}  // namespace
