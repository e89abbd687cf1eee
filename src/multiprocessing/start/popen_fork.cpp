// The start method `fork`.

#include "base/log.hpp"
#include "multiprocessing/process/authkey.hpp"
#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/start/bootstrap.hpp"
#include "multiprocessing/start/start_method.hpp"
#include "platform/process/fork.hpp"
#include "platform/process/process_end.hpp"
#include "platform/process/sentinel.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

void warn_of_threads() {
  static std::atomic_flag warned;
  if (platform::thread_count() > 1 && !warned.test_and_set()) {
    progeny::detail::log_warning(
        "a process is started by fork while this one has several threads: a lock that another "
        "thread holds now stays locked in the child; the start method forkserver is safe");
  }
}

// Another thread of the parent may have held the lock of its object when the copy was made.
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

// In the child, which has a copy of all that the parent has.
[[noreturn]] void live_as_copy(Process& process,
                               ProcessCore& core,
                               const ParentFacts& parent,
                               AfterForkHooks hooks) noexcept {
  live([&] {
    ProcessAccess::replace(process, unlocked_copy(core));
    be_born(ProcessAccess::core(process),
            parent,
            core.die_with_parent.value_or(core.daemon),
            std::move(hooks));
    set_current_authkey(core.authkey);
    take_over_start_method(StartMethod::fork);
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
  static_cast<void>(own_tracker_line());  // The copy is to have the same.
  auto hooks = after_fork_hooks();
  platform::flush_streams();
  platform::Copy copy = platform::fork_process();
  if (copy.pid == 0) {
    // The process lets go of its core, which is needed a little longer.
    live_as_copy(process, *std::shared_ptr<ProcessCore>(core), parent, std::move(hooks));
  }
  return std::make_shared<OwnChild>(copy.pid, std::move(copy.process));
}

}  // namespace progeny::multiprocessing::detail
