// `Process::start`: chooses the start method, and turns an initial process into a started one.
//
//     claim_start    checks that the process may be started; claims the right to do it
//     launch         popen_fork, popen_spawn or popen_forkserver makes the child
//     release_task   the parent gives up what the child now has
//
// If `launch` throws, the claim is given back and the process is initial again.

#include "multiprocessing/memory/shared_block.hpp"
#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/start/start_method.hpp"
#include "multiprocessing/start/worker_mark.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace progeny::multiprocessing {

namespace {

using detail::own_process;
using detail::ProcessCore;

// Of two threads that start the same process, one gets here first.
void claim_start(ProcessCore& core) {
  detail::require_no_lost_worker();
  {
    const std::lock_guard lock(own_process().current->mutex);
    if (own_process().current->daemon) {
      throw UsageError("daemonic processes are not allowed to have children");
    }
  }
  const std::lock_guard lock(core.mutex);
  require_open(core);
  if (core.started) {
    throw UsageError("cannot start a process twice");
  }
  if (core.creator != platform::current_pid()) {
    throw UsageError("can only start a process object created by current process");
  }
  core.started = true;
}

detail::StartedChild launch(Process& process, const std::shared_ptr<ProcessCore>& core) {
  const auto method = core->method;
  switch (method ? *method : detail::default_start_method()) {
    case StartMethod::fork:
      return popen_fork(process, core);
    case StartMethod::spawn:
      return popen_spawn(process, core);
    case StartMethod::forkserver:
      break;
  }
  return popen_forkserver(process, core);
}

// The target and its arguments are the child's now. Their destruction here closes handles, which
// are then open in the child alone. Only their shared memory is kept until the end of the child is
// seen: the child is not counted as a user of it, and the heap would give it to others.
void release_task(ProcessCore& core, detail::StartedChild started) {
  std::unique_ptr<detail::Task> task;
  {
    const std::lock_guard lock(core.mutex);
    core.popen = std::move(started.popen);
    task = std::move(core.task);
  }
  detail::Keeping::Kept kept;
  {
    const detail::Keeping keeping(kept);
    task.reset();  // Without the mutex: this runs destructors of the user's.
  }
  started.lease.keep(std::move(kept));
  const std::lock_guard lock(core.mutex);
  core.lease = std::move(started.lease);
}

}  // namespace

void Process::start() {
  claim_start(core());
  static_cast<void>(detail::running_children());  // As in Python, reaps children that have ended.
  detail::run_exit_callbacks_at_exit();
  detail::StartedChild started;
  try {
    started = launch(*this, core_);
  } catch (...) {
    const std::lock_guard lock(core().mutex);
    core().started = false;
    throw;
  }
  release_task(core(), std::move(started));
  const std::lock_guard lock(own_process().mutex);
  own_process().children.push_back(core_);
}

}  // namespace progeny::multiprocessing
