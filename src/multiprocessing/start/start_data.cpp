#include "multiprocessing/start/start_data.hpp"

#include "multiprocessing/process/authkey.hpp"
#include "multiprocessing/process/temp_dir.hpp"
#include "multiprocessing/start/bootstrap.hpp"
#include "multiprocessing/start/start_method.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <typeinfo>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// A subclass that overrides run() has to say how it is made again; a plain Process has its task.
const Task* task_of(Process& process, ProcessCore& core, std::unique_ptr<Task>& made) {
  if (typeid(process) == typeid(Process)) {
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

void run_entry(const StartData& data, std::vector<Handle> handles) {
  if (data.entry.empty()) {
    return;
  }
  run_token(data.entry, {.bytes = data.arguments, .handles = std::move(handles)});
}

}  // namespace

Departure prepare(Process& process, ProcessCore& core, StartMethod method) {
  Departure departure;
  departure.data = {.parent_name = current_process().name(),
                    .parent_pid = platform::current_pid(),
                    .name = core.name,
                    .daemon = core.daemon,
                    .dies_with_parent = core.die_with_parent.value_or(core.daemon),
                    .identity = core.identity,
                    .authkey = core.authkey,
                    .method = method,
                    .log = log_settings(),
                    .temp_dir = known_temp_dir(),
                    .folder = std::filesystem::current_path().string(),
                    .entry = {},
                    .arguments = {}};
  if (const Task* task = task_of(process, core, departure.task)) {
    departure.data.entry = serial::to_bytes(serial::token_of(task->function()));
    serial::Outgoing arguments = task->arguments();
    departure.data.arguments = std::move(arguments.bytes);
    departure.handles = std::move(arguments.handles);
    departure.claims = std::move(arguments.claims);
  }
  return departure;
}

void live_by(StartData data,
             std::vector<Handle> handles,
             native_handle lifeline,
             AfterForkHooks hooks) noexcept {
  live([&] {
    be_born(core_of(data),
            {.name = data.parent_name, .pid = data.parent_pid, .lifeline = lifeline},
            data.dies_with_parent,
            std::move(hooks));
    set_current_authkey(data.authkey);
    take_over_start_method(data.method);
    take_over_temp_dir(data.temp_dir);
    apply(data.log);
    run_after_fork_hooks();
    run_entry(data, std::move(handles));
  });
}

}  // namespace progeny::multiprocessing::detail
