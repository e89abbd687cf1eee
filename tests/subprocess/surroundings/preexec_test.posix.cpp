#include "support/children/child_args.hpp"
#include "support/children/trace.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/os/environment.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

constexpr uid_t nobody = 65534;

// What `hook` answers in a child that is set up by the rest of `options`. The program never runs.
bool holds_in_hook(sp::Options options, const std::function<bool()>& hook) {
  options.preexec_fn = [&hook] { ::_exit(hook() ? 9 : 1); };
  return sp::run(child("exit_with", "0"), options).returncode == 9;
}

// SP-172
TEST(Preexec, ThatThrowsIsALaunchError) {
  const Trace trace;
  try {
    sp::run(trace.command(), {.preexec_fn = [] { throw std::runtime_error("whatever"); }});
    FAIL() << "it was started";
  } catch (const sp::SubprocessError& error) {
    EXPECT_STREQ(error.what(), "Exception occurred in preexec_fn.");
  }
  EXPECT_FALSE(trace.was_left());
}

// SP-172
TEST(Preexec, MayThrowAnything) {
  const Trace trace;
  EXPECT_THROW(sp::run(trace.command(),
                       {.preexec_fn = [] { throw std::runtime_error("\xFF\xFE \xED\xB3\x80"); }}),
               sp::SubprocessError);
  EXPECT_THROW(sp::run(trace.command(), {.preexec_fn = [] { throw 3; }}), sp::SubprocessError);
  EXPECT_FALSE(trace.was_left());
}

// SP-172
TEST(Preexec, ThatThrowsLeavesNoPipe) {
  sp::Options options = all_pipes();
  options.preexec_fn = [] { throw std::runtime_error("whatever"); };
  EXPECT_THROW(sp::Popen(child("echo_stdin"), options), sp::SubprocessError);
}

// A hook; the child that it runs in has one thread.
void set_fruit() {
  ::setenv("PROGENY_FRUIT", "apple", 1);  // NOLINT(concurrency-mt-unsafe): see above.
}

// SP-173
TEST(Preexec, ChangesTheInheritedEnvironment) {
  EXPECT_EQ(sp::check_output(child("print_variable", "PROGENY_FRUIT"), {.preexec_fn = &set_fruit}),
            "apple");
  EXPECT_EQ(progeny::os::environment().get("PROGENY_FRUIT"), std::nullopt);
}

// SP-173
TEST(Preexec, DoesNotChangeAGivenEnvironment) {
  EXPECT_EQ(sp::check_output(child("print_environment"),
                             {.preexec_fn = &set_fruit, .env = {{"FRUIT", "pear"}}}),
            "FRUIT=pear\n");
}

// SP-173
TEST(Preexec, RunsAfterFolderAndUmask) {
  const TempDir dir;
  EXPECT_TRUE(holds_in_hook({.cwd = dir.path(), .umask = 0123}, [&dir] {
    return std::filesystem::current_path() == dir.path() && ::umask(0) == 0123;
  }));
}

// SP-173
TEST(Preexec, RunsInTheNewSession) {
  EXPECT_TRUE(holds_in_hook({.start_new_session = true}, [] { return ::getsid(0) == ::getpid(); }));
}

// SP-173
TEST(Preexec, RunsInTheNewProcessGroup) {
  EXPECT_TRUE(holds_in_hook({.process_group = 0}, [] { return ::getpgrp() == ::getpid(); }));
}

// SP-173
TEST(Preexec, RunsAsTheNewUserAndGroup) {
  // Without privileges there is only one choice.
  const uid_t user = ::geteuid() == 0 ? nobody : ::geteuid();
  const gid_t group = ::geteuid() == 0 ? nobody : ::getegid();
  EXPECT_TRUE(holds_in_hook({.user = user, .group = group}, [=] {
    return ::getuid() == user && ::geteuid() == user && ::getgid() == group;
  }));
}

// SP-173
TEST(Preexec, SeesTheDescriptorsThatTheProgramDoesNot) {
  const OwnPipe pipe;
  const int inheritable = pipe.read_end.get();
  ASSERT_EQ(::fcntl(inheritable, F_SETFD, 0), 0);
  EXPECT_TRUE(holds_in_hook({}, [=] { return ::fcntl(inheritable, F_GETFD) == 0; }));
  EXPECT_EQ(sp::check_output(child("print_descriptor_state", std::to_string(inheritable)),
                             {.preexec_fn = [] {}}),
            "closed");
}

// SP-174
TEST(Preexec, MayEndTheChild) {
  const Trace trace;
  EXPECT_EQ(sp::run(trace.command(), {.preexec_fn = [] { ::_exit(9); }}).returncode, 9);
  EXPECT_FALSE(trace.was_left());
}

// SP-174
TEST(Preexec, MayEndTheChildBySignal) {
  EXPECT_EQ(sp::run(child("exit_with", "0"), {.preexec_fn = [] { ::raise(SIGKILL); }}).returncode,
            -SIGKILL);
}

}  // namespace
