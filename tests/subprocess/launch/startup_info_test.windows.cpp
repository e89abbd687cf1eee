#include "support/children/child_args.hpp"
#include "support/system/own_pipe.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/subprocess/run.hpp>
#include <progeny/subprocess/windows_flags.hpp>

#include <gtest/gtest.h>

#include <string>

#include <windows.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-209
TEST(StartupInfo, ReachesTheChildAndCanBeUsedAgain) {
  sp::StartupInfo startup{.dwFlags = sp::startf_useshowwindow, .wShowWindow = 3};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(sp::check_output(child("print_startup_info"), {.startupinfo = startup}), "257 3");
    EXPECT_EQ(startup.dwFlags, sp::startf_useshowwindow);
  }
}

// SP-209
TEST(StartupInfo, GivesStreamsWhereNoRedirectionDoes) {
  const OwnPipe pipe;
  sp::StartupInfo startup{.dwFlags = sp::startf_usestdhandles};
  startup.hStdOutput = pipe.write_end.get();
  EXPECT_EQ(sp::call(child("print", "out", ""), {.startupinfo = startup}), 0);
  EXPECT_EQ(pipe.read(10), "out");
}

// SP-209
TEST(CreationFlags, DecideAboutTheConsole) {
  EXPECT_EQ(sp::check_output(child("has_console"), {.creationflags = sp::detached_process}), "no");
  EXPECT_EQ(sp::check_output(child("has_console"), {.creationflags = sp::create_new_console}),
            "yes");
  EXPECT_EQ(sp::call(child("exit_with", "3"), {.creationflags = sp::create_no_window}), 3);
}

// SP-209
TEST(CreationFlags, HaveTheSystemsValues) {
  EXPECT_EQ(sp::create_new_console, CREATE_NEW_CONSOLE);
  EXPECT_EQ(sp::create_new_process_group, CREATE_NEW_PROCESS_GROUP);
  EXPECT_EQ(sp::create_no_window, CREATE_NO_WINDOW);
  EXPECT_EQ(sp::detached_process, DETACHED_PROCESS);
  EXPECT_EQ(sp::create_default_error_mode, CREATE_DEFAULT_ERROR_MODE);
  EXPECT_EQ(sp::create_breakaway_from_job, CREATE_BREAKAWAY_FROM_JOB);
  EXPECT_EQ(sp::idle_priority_class, IDLE_PRIORITY_CLASS);
  EXPECT_EQ(sp::below_normal_priority_class, BELOW_NORMAL_PRIORITY_CLASS);
  EXPECT_EQ(sp::normal_priority_class, NORMAL_PRIORITY_CLASS);
  EXPECT_EQ(sp::above_normal_priority_class, ABOVE_NORMAL_PRIORITY_CLASS);
  EXPECT_EQ(sp::high_priority_class, HIGH_PRIORITY_CLASS);
  EXPECT_EQ(sp::realtime_priority_class, REALTIME_PRIORITY_CLASS);
  EXPECT_EQ(sp::startf_useshowwindow, STARTF_USESHOWWINDOW);
  EXPECT_EQ(sp::startf_usestdhandles, STARTF_USESTDHANDLES);
  EXPECT_EQ(sp::startf_forceonfeedback, STARTF_FORCEONFEEDBACK);
  EXPECT_EQ(sp::startf_forceofffeedback, STARTF_FORCEOFFFEEDBACK);
  EXPECT_EQ(sp::sw_hide, SW_HIDE);
  EXPECT_EQ(sp::ctrl_c_event, CTRL_C_EVENT);
  EXPECT_EQ(sp::ctrl_break_event, CTRL_BREAK_EVENT);
}

}  // namespace
