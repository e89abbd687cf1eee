#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/children/trace.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/memory_file.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <limits>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
using progeny::Handle;
namespace sp = progeny::subprocess;

// What `print_descriptors` says in a child that gets these.
std::string descriptors_of_child(const std::vector<int>& pass_fds, bool close_fds = true) {
  return sp::check_output(child("print_descriptors"),
                          {.std_in = sp::DEVNULL,
                           .std_err = sp::DEVNULL,
                           .close_fds = close_fds,
                           .pass_fds = pass_fds});
}

// A copy of an open descriptor under a number that no other part of the test has.
Handle at_number(const MemoryFile& file, int number) {
  return Handle(::fcntl(file.descriptor(), F_DUPFD_CLOEXEC, number));
}

// SP-055
TEST(PassFds, KeepsDescriptorsThatAreCloseOnExec) {
  const MemoryFile file;
  EXPECT_EQ(descriptors_of_child({file.descriptor()}),
            "0 1 2 " + std::to_string(file.descriptor()));
}

// SP-055
TEST(PassFds, LeavesTheFlagsOfTheParentsDescriptors) {
  const MemoryFile file;
  const Handle inheritable(::fcntl(file.descriptor(), F_DUPFD, 0));
  descriptors_of_child({file.descriptor(), inheritable.get()});
  EXPECT_TRUE(is_close_on_exec(file.descriptor()));
  EXPECT_FALSE(is_close_on_exec(inheritable.get()));
}

// SP-055
TEST(PassFds, GivesTheChildTheOpenFileItself) {
  const MemoryFile file;
  const Handle high = at_number(file, 300);
  const std::string path = "/proc/self/fd/" + std::to_string(high.get());
  EXPECT_EQ(sp::call(child("create_file", path), {.pass_fds = {high.get()}}), 0);
  EXPECT_NE(sp::call(child("create_file", path)), 0);
}

// SP-053
TEST(PassFds, KeepsNothingBetweenTheListedOnes) {
  const MemoryFile file;
  const Handle first = at_number(file, 100);
  const Handle between = at_number(file, 101);
  const Handle last = at_number(file, 102);
  EXPECT_EQ(descriptors_of_child({100, 102}), "0 1 2 100 102");
}

// SP-057
TEST(PassFds, MayBeUnsortedAndRepeated) {
  const MemoryFile file;
  const Handle first = at_number(file, 100);
  const Handle last = at_number(file, 102);
  EXPECT_EQ(descriptors_of_child({102, 100, 102, 1, 100}), "0 1 2 100 102");
}

// SP-057
TEST(PassFds, ClosesAllOthersEvenIfCloseFdsIsFalse) {
  const MemoryFile file;
  const Handle passed = at_number(file, 100);
  const Handle inheritable(::fcntl(file.descriptor(), F_DUPFD, 101));
  EXPECT_EQ(descriptors_of_child({100}, false), "0 1 2 100");
}

// I5. In Python the pipe or file itself gets the free number.
TEST(PassFds, MayNameAClosedStreamThatIsRedirected) {
  EXPECT_EQ(verdict_of_copy([] {
              ::close(0);
              const bool from_null =
                  sp::call(child("echo_to_both"), {.std_in = sp::DEVNULL, .pass_fds = {0}}) == 0;
              sp::Options options = all_pipes();
              options.pass_fds = {0, 1, 2};
              sp::Popen p(child("echo_to_both"), options);
              return from_null && p.communicate("pear").std_out == "pear" ? 0 : 1;
            }),
            0);
}

// I5
TEST(PassFds, MayNotNameAClosedStreamThatIsInherited) {
  EXPECT_EQ(verdict_of_copy([] {
              ::close(0);
              return failure_of([] { sp::call(child("exit_with", "0"), {.pass_fds = {0}}); }) ==
                             Failure{.error = EBADF}
                         ? 0
                         : 1;
            }),
            0);
}

// SP-057
TEST(PassFds, RefusesNegativeNumbers) {
  const Trace trace;
  EXPECT_THROW(sp::call(trace.command(), {.pass_fds = {-1}}), progeny::ValueError);
  EXPECT_THROW(sp::call(trace.command(), {.pass_fds = {0, std::numeric_limits<int>::min()}}),
               progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-057
TEST(PassFds, ThatAreNotOpenAreEBADFWithoutAFile) {
  const Trace trace;
  const int closed = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
  ::close(closed);
  const Failure expected{.error = EBADF};
  for (const int number : {closed, std::numeric_limits<int>::max()}) {
    EXPECT_EQ(failure_of([&] { sp::call(trace.command(), {.pass_fds = {0, number}}); }), expected);
    EXPECT_EQ(failure_of([&] {
                sp::Options options = all_pipes();
                options.pass_fds = {number};
                const sp::Popen p(trace.command(), options);
              }),
              expected);
  }
  EXPECT_FALSE(trace.was_left());
}

}  // namespace
