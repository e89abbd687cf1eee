#include "support/children/child_args.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/memory_file.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
using progeny::Handle;
namespace sp = progeny::subprocess;

// A copy of an open descriptor that programs inherit, under a number of at least `least`.
Handle inheritable(int descriptor, int least = 3) {
  return Handle(::fcntl(descriptor, F_DUPFD, least));
}

// What `print_descriptors` says in a child with these options.
std::string descriptors_of_child(const sp::Options& options = {}) {
  return sp::check_output(child("print_descriptors"), options);
}

// Whether a child with these options has `descriptor`: `open` or `closed`.
std::string state_in_child(int descriptor, const sp::Options& options) {
  return sp::check_output(child("print_descriptor_state", std::to_string(descriptor)), options);
}

// SP-053
TEST(CloseFds, GivesTheChildItsStandardStreamsOnly) {
  const MemoryFile file;
  std::vector<Handle> many;
  many.reserve(21);
  for (int i = 0; i < 20; ++i) {
    many.push_back(inheritable(file.descriptor()));
  }
  many.push_back(inheritable(file.descriptor(), 500));
  EXPECT_EQ(descriptors_of_child({.std_in = sp::DEVNULL, .std_err = sp::DEVNULL}), "0 1 2");
}

// SP-053
TEST(CloseFds, WorksTogetherWithPipesOnAllStreams) {
  const MemoryFile file;
  const Handle other = inheritable(file.descriptor());
  sp::Popen p(child("print_descriptors"), all_pipes());
  EXPECT_EQ(p.communicate().std_out, "0 1 2");
}

// SP-053
TEST(CloseFds, ClosesWhatIsOpenInTheChildOnly) {
  const MemoryFile file;
  const Handle other = inheritable(file.descriptor());
  descriptors_of_child();
  EXPECT_TRUE(is_open(other.get()));
  EXPECT_FALSE(is_close_on_exec(other.get()));
}

// SP-054
TEST(CloseFds, SetToFalsePassesOnWhatIsInheritable) {
  const MemoryFile file;
  const Handle other = inheritable(file.descriptor());
  EXPECT_EQ(state_in_child(other.get(), {.close_fds = false}), "open");
}

// SP-054
TEST(CloseFds, SetToFalseKeepsBackWhatIsNotInheritable) {
  const MemoryFile file;
  EXPECT_EQ(state_in_child(file.descriptor(), {.close_fds = false}), "closed");
}

// SP-059
TEST(CloseFds, ReachesWhatTheHookOpened) {
  const auto hook = [] {
    ::dup2(2, 77);
    static_cast<void>(::fcntl(2, F_DUPFD, 5));
  };
  EXPECT_EQ(descriptors_of_child({.std_in = sp::DEVNULL, .preexec_fn = hook}), "0 1 2");
}

// SP-066
TEST(PipeEnds, OfOneChildAreNotOpenInAnother) {
  sp::Popen p(child("exit_on_eof", "0"), all_pipes());
  for (const int end : {p.std_in().fileno(), p.std_out().fileno(), p.std_err().fileno()}) {
    EXPECT_EQ(state_in_child(end, {.close_fds = false}), "closed");
  }
  p.communicate();
}

}  // namespace
