#include "multiprocessing/start/start_data.hpp"

#include "multiprocessing/memory/lease.hpp"
#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/logging.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/process/temp_dir.hpp"
#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/start/bootstrap.hpp"
#include "multiprocessing/start/child_handles.hpp"
#include "multiprocessing/start/start_method.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <typeinfo>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

// A plain Process has its task. A subclass makes one, by which the child constructs it again.
const Task* task_of(Process& process, ProcessCore& core, std::unique_ptr<Task>& made) {
  if (typeid(process) == typeid(Process)) {  // Also what a `Context` makes.
    return core.task.get();
  }
  made = ProcessAccess::portable_task(process);
  if (!made) {
    throw RuntimeError(
        fmt::format("process {} is of a subclass that only fork can start; derive it from "
                    "Subclass<...> to start it by {}",
                    core.name,
                    name_of(core.method ? *core.method : default_start_method())));
  }
  return made.get();
}

std::shared_ptr<ProcessCore> core_of(const StartData& data) {
  auto core = std::make_shared<ProcessCore>();
  core->name = data.name;
  core->daemon = data.daemon;
  core->identity = data.identity;
  core->creator = data.parent_pid;
  core->method = data.method;
  core->started = true;
  core->foreign_pid = platform::current_pid();
  return core;
}

// A spawned child inherits the folder, even one that was deleted.
std::string current_folder() {
  std::error_code error;
  auto folder = std::filesystem::current_path(error).string();
  if (error) {
    throw OSError(error, "getcwd");
  }
  return folder;
}

// The child gets those of this process, too: they cover what this process has itself by them.
void give_leases(PreparedChild& prepared, serial::Claims claims) {
  prepared.lease = Lease::open();
  prepared.lease.keep(std::move(claims));
  auto ends = inherited_leases();
  ends.push_back(prepared.lease.child_end());
  prepared.data.leases = ends.size();
  std::ranges::copy(ends, std::back_inserter(prepared.handles));
}

// In the child: takes them from behind the handles of the arguments.
void take_leases(std::size_t count, std::vector<Handle>& handles) {
  if (count > handles.size()) {
    throw ValueError("a child was given too few handles");
  }
  const auto first = std::prev(handles.end(), static_cast<std::ptrdiff_t>(count));
  inherit_leases({std::move_iterator(first), std::move_iterator(handles.end())});
  handles.erase(first, handles.end());
}

// Without an entry the process has no target, and there is nothing to do.
void run_entry(const StartData& data, std::vector<Handle> handles) {
  if (data.entry.empty()) {
    return;
  }
  run_token(
      data.entry,
      {.bytes = data.arguments, .handles = std::move(handles), .origin = serial::Origin::parent});
}

}  // namespace

PreparedChild prepare(Process& process, ProcessCore& core, StartMethod method) {
  PreparedChild prepared;
  prepared.data = {.parent_name = current_process().name(),
                   .parent_pid = platform::current_pid(),
                   .name = core.name,
                   .daemon = core.daemon,
                   .dies_with_parent = core.die_with_parent.value_or(core.daemon),
                   .identity = core.identity,
                   .authkey = core.authkey,
                   .method = method,
                   .log = log_settings(),
                   .temp_dir = known_temp_dir(),
                   .folder = method == StartMethod::forkserver ? current_folder() : std::string(),
                   .entry = {},
                   .arguments = {}};
  if (const Task* task = task_of(process, core, prepared.task)) {
    prepared.data.entry = serial::to_bytes(serial::token_of(task->function()));
    const Giving giving;
    serial::Outgoing arguments = task->arguments();
    prepared.data.arguments = std::move(arguments.bytes);
    prepared.handles = std::move(arguments.handles);
    if (giving.has_given()) {
      give_leases(prepared, std::move(arguments.claims));
    }
  }
  return prepared;
}

void run_child(StartData data, ChildHandles<Handle> handles, AfterForkHooks hooks) noexcept {
  run_to_end([&] {
    // The lifeline stays open for as long as the child lives.
    become_child(
        core_of(data),
        {.name = data.parent_name, .pid = data.parent_pid, .lifeline = handles.lifeline.release()},
        data.dies_with_parent,
        std::move(hooks));
    take_leases(data.leases, handles.arguments);
    auto& [read_end, write_end] = handles.tracker_line;
    take_over_tracker_line(std::move(read_end), std::move(write_end));
    set_current_authkey(data.authkey);
    force_start_method(data.method);
    take_over_temp_dir(data.temp_dir);
    apply(data.log);
    run_after_fork_hooks();
    run_entry(data, std::move(handles.arguments));
  });
}

}  // namespace progeny::multiprocessing::detail
