// A launch, step by step:
//
//   parent                                     child
//   LaunchPlan: everything prepared
//   signals blocked, cancellation off
//   spawn: clone3, clone, vfork ------------>  child_exec, in the parent's memory
//   (the thread sleeps)                        exec, or plan.report and exit
//   report.failed == 0: it runs  <-----------
//   else: reap, return the step
//
// With a hook, or where no back end can share memory, the child is a true fork. Its report comes
// through a pipe that exec closes: no bytes mean that the program runs.

#include "platform/launch/launch.hpp"

#include "platform/io/descriptor.hpp"
#include "platform/io/descriptor.posix.hpp"
#include "platform/io/pipe.hpp"
#include "platform/launch/launch_plan.posix.hpp"
#include "platform/launch/launch_report.posix.hpp"
#include "platform/launch/spawn.posix.hpp"
#include "platform/process/pidfd.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <csignal>
#include <string>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// Keeps the thread from being cancelled while the child runs on its stack.
class CancellationOff {
 public:
  CancellationOff() noexcept { ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  CancellationOff(const CancellationOff&) = delete;
  CancellationOff& operator=(const CancellationOff&) = delete;
  ~CancellationOff() { ::pthread_setcancelstate(before_, nullptr); }

 private:
  int before_ = 0;
};

// Signals are blocked from before the child's birth: a handler of the host in the child would work
// on the parent's memory. The child itself sets the mask that the program starts with.
Spawned spawn_quietly(BackEnd back_end, ChildPlan& plan) noexcept {
  const CancellationOff uncancelled;
  const SignalsBlocked blocked;
  plan.signal_mask = blocked.before();
  plan.report = {};
  return spawn(back_end, plan);
}

LaunchOutcome failure(LaunchStep step, int error) {
  LaunchOutcome outcome;
  outcome.failed = step;
  outcome.error = std::error_code(error, std::generic_category());
  return outcome;
}

void reap(int pid) noexcept {
  static_cast<void>(retry_interrupted([&] { return ::waitpid(pid, nullptr, 0); }));
}

// A failed child is reaped here, as its pid never leaves this file.
LaunchOutcome judge(const Spawned& spawned, const ChildReport& report) {
  Handle process = own_new(spawned.process);
  if (report.failed != 0) {
    reap(spawned.pid);
    return failure(static_cast<LaunchStep>(report.failed), report.error);
  }
  LaunchOutcome outcome;
  outcome.pid = spawned.pid;
  outcome.process = process ? std::move(process) : open_pidfd(spawned.pid);
  return outcome;
}

std::string read_to_end(native_handle handle) {
  std::string bytes;
  char block[256];
  for (;;) {
    const IoResult result = read_some(handle, block);
    if (result.count == 0) {
      return bytes;
    }
    bytes.append(block, result.count);
  }
}

// Our copy of the writing end must be closed before reading, or the end of the pipe never comes.
LaunchOutcome launch_by_fork(ChildPlan& plan) {
  Pipe pipe = make_pipe(PipeEnd::read);
  plan.report_pipe = pipe.write_end.get();
  const Spawned spawned = spawn_quietly(BackEnd::fork, plan);
  pipe.write_end.reset();
  if (spawned.pid == -1) {
    return failure(LaunchStep::create, spawned.error);
  }
  const std::string bytes = read_to_end(pipe.read_end.get());
  const std::optional<ChildReport> report = parse_report(bytes);
  if (!report) {
    // The hook has written to the report pipe, so it is not known whether the program runs. It must
    // not run behind the caller's back.
    ::kill(spawned.pid, SIGKILL);
    reap(spawned.pid);
    LaunchOutcome outcome = failure(LaunchStep::garbled, 0);
    outcome.raw_report = bytes;
    return outcome;
  }
  return judge(spawned, *report);
}

}  // namespace

LaunchOutcome launch(const LaunchRequest& request) {
  const ErrnoKeeper keeper;
  LaunchPlan prepared(request);
  ChildPlan& plan = prepared.plan();
  const BackEnd back_end = request.hook ? BackEnd::fork : default_back_end();
  if (back_end != BackEnd::fork) {
    const Spawned spawned = spawn_quietly(back_end, plan);
    if (spawned.pid != -1) {
      return judge(spawned, plan.report);
    }
    // The default worked once. If it is refused now, a sandbox has come in between: try a fork.
    if (!is_refusal(spawned.error)) {
      return failure(LaunchStep::create, spawned.error);
    }
  }
  return launch_by_fork(plan);
}

const char* launch_back_end() noexcept {
  return name_of(default_back_end());
}

}  // namespace progeny::platform
