#include "support/children/child_args.hpp"
#include "support/children/trace.hpp"
#include "support/faults/os_error.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <sstream>
#include <string>

#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Larger than any process number that Linux gives (PID_MAX_LIMIT is 4 * 1024 * 1024).
constexpr int no_group = 4 * 1024 * 1024 + 1;

struct ProcessIds {
  int pid = 0;
  int group = 0;
  int session = 0;

  bool operator==(const ProcessIds&) const = default;
};

ProcessIds process_ids_of_child(sp::Options options) {
  options.std_out = sp::PIPE;
  sp::Popen p(child("print_process_ids"), options);
  std::istringstream line(p.communicate().std_out.value_or(""));
  ProcessIds ids;
  line >> ids.pid >> ids.group >> ids.session;
  EXPECT_EQ(ids.pid, p.pid());
  return ids;
}

// SP-178
TEST(Session, IsTheParentsByDefault) {
  const ProcessIds ids = process_ids_of_child({});
  EXPECT_EQ(ids.session, ::getsid(0));
  EXPECT_EQ(ids.group, ::getpgrp());
}

// SP-178
TEST(Session, IsTheChildsOwnIfItStartsOne) {
  const ProcessIds ids = process_ids_of_child({.start_new_session = true});
  EXPECT_EQ(ids.session, ids.pid);
  EXPECT_EQ(ids.group, ids.pid);
  EXPECT_NE(ids.session, ::getsid(0));
}

// SP-178
TEST(Session, IsTheChildsOwnInATrueForkToo) {
  const ProcessIds ids = process_ids_of_child({.preexec_fn = [] {}, .start_new_session = true});
  EXPECT_EQ(ids.session, ids.pid);
}

// SP-179
TEST(ProcessGroup, ZeroMakesANewOne) {
  const ProcessIds ids = process_ids_of_child({.process_group = 0});
  EXPECT_EQ(ids.group, ids.pid);
  EXPECT_EQ(ids.session, ::getsid(0));
}

// SP-179
TEST(ProcessGroup, ThatExistsIsJoined) {
  sp::Popen leader(child("pause_until_killed"), {.process_group = 0});
  EXPECT_EQ(process_ids_of_child({.process_group = leader.pid()}).group, leader.pid());
  leader.kill();
  leader.wait();
}

// SP-179
TEST(ProcessGroup, ThatDoesNotExistIsEPERM) {
  const Trace trace;
  EXPECT_EQ(failure_of([&] { sp::call(trace.command(), {.process_group = no_group}); }),
            Failure{.error = EPERM});
  EXPECT_FALSE(trace.was_left());
}

// SP-179
TEST(ProcessGroup, OfALeaderOfASessionCannotChange) {
  const Trace trace;
  EXPECT_EQ(failure_of([&] {
              sp::call(trace.command(), {.start_new_session = true, .process_group = 0});
            }),
            Failure{.error = EPERM});
  EXPECT_FALSE(trace.was_left());
}

// SP-179
TEST(ProcessGroup, ThatIsNegativeIsAValueError) {
  const Trace trace;
  EXPECT_THROW(sp::call(trace.command(), {.process_group = -1}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

}  // namespace
