// The start method `fork`: the child is a copy of this process.
//
//     parent                                    child
//       | makes its lifeline and the tracker's
//       |   pipe, which the child is to have
//       | copies the after-fork hooks
//       | flushes the streams
//       | fork(2) ----------------------------> | replaces the core of the process object
//       | goes on                               | drops the parent's exit callbacks
//                                               | runs the hooks, then the target

#include "base/log.hpp"
#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/start/bootstrap.hpp"
#include "multiprocessing/start/start_method.hpp"
#include "platform/process/child.hpp"
#include "platform/process/fork.hpp"
#include "platform/process/process_end.hpp"
#include "platform/process/sentinel.hpp"

#include <progeny/multiprocessing/process.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

void warn_of_threads() {
  static std::atomic_flag warned;
  if (platform::host_thread_count() > 1 && !warned.test_and_set()) {
    progeny::detail::log_warning(
        "a process is started by fork while this one has several threads: a lock that another "
        "thread holds now stays locked in the child; the start method forkserver is safe");
  }
}

// A core with a fresh mutex: another thread of the parent may have held the old one at the fork.
std::shared_ptr<ProcessCore> unlocked_copy(ProcessCore& core) {
  auto copy = std::make_shared<ProcessCore>();
  copy->name = core.name;
  copy->daemon = core.daemon;
  copy->identity = core.identity;
  copy->creator = core.creator;
  copy->method = core.method;
  copy->task = std::move(core.task);
  copy->started = true;
  copy->foreign_pid = platform::current_pid();
  return copy;
}

// In the child.
[[noreturn]] void run_copy(Process& process,
                           ProcessCore& core,
                           const ParentFacts& parent,
                           AfterForkHooks hooks) noexcept {
  run_to_end([&] {
    ProcessAccess::replace(process, unlocked_copy(core));
    become_child(ProcessAccess::core(process),
                 parent,
                 core.die_with_parent.value_or(core.daemon),
                 std::move(hooks));
    set_current_authkey(core.authkey);
    force_start_method(StartMethod::fork);
    run_after_fork_hooks();
    process.run();
  });
}

}  // namespace

std::shared_ptr<Popen> popen_fork(Process& process, const std::shared_ptr<ProcessCore>& core) {
  warn_of_threads();
  const ParentFacts parent{.name = current_process().name(),
                           .pid = platform::current_pid(),
                           .lifeline = platform::own_sentinel()};
  static_cast<void>(own_tracker_line());
  // Not in the child: another thread of the parent may change the hooks at the fork.
  auto hooks = after_fork_hooks();
  platform::flush_streams();  // Else the child would write the parent's buffered text again.
  platform::Copy copy = platform::fork_process();
  if (copy.pid == 0) {
    // `core` may be a member of `process`, which lets go of its core. The copy outlives that.
    run_copy(process, *std::shared_ptr<ProcessCore>(core), parent, std::move(hooks));
  }
  return std::make_shared<OwnChild>(copy.pid, std::move(copy.process));
}

}  // namespace progeny::multiprocessing::detail
