#include <progeny/multiprocessing/process.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/memory/lease.hpp"
#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/stoppable.hpp"
#include "platform/process/child.hpp"
#include "platform/system/processor.hpp"
#include "platform/system/signals.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/detail/task.hpp>

#include <fmt/core.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace {

using detail::own_process;
using detail::ProcessCore;

void require_creator(const ProcessCore& core, const char* act) {
  if (core.creator != platform::current_pid()) {
    throw UsageError(fmt::format("can only {} a child process", act));
  }
}

// The running process of a child or of the parent. Null for the current process, and for a child
// before its start. Throws UsageError for a process that another one has created.
std::shared_ptr<detail::Popen> popen_to_ask(ProcessCore& core, const char* act) {
  const std::lock_guard lock(core.mutex);
  require_open(core);
  if (&core == own_process().parent.get()) {
    return core.popen;
  }
  if (&core == own_process().current.get()) {
    return nullptr;
  }
  require_creator(core, act);
  return core.popen;
}

std::shared_ptr<detail::Popen> started_popen(ProcessCore& core, const char* act) {
  auto popen = popen_to_ask(core, act);
  if (!popen) {
    throw UsageError(fmt::format("can only {} a started process", act));
  }
  return popen;
}

// If the child has ended, it is no longer one of the running children.
std::optional<platform::ExitStatus> status_of(detail::Popen& popen) {
  auto status = popen.poll();
  if (status) {
    static_cast<void>(detail::running_children());
  }
  return status;
}

void send(ProcessCore& core, int signal, const char* act) {
  if (const auto error = started_popen(core, act)->send_signal(signal)) {
    throw OSError(error, act);
  }
}

}  // namespace

Process::Process() : Process(ProcessOptions{}) {}

Process::Process(const ProcessOptions& options) : Process(options, nullptr) {}

Process::Process(const ProcessOptions& options, std::unique_ptr<detail::Task> task)
    : core_(detail::make_core(options, std::move(task))) {}

Process::Process(std::shared_ptr<ProcessCore> core) noexcept : core_(std::move(core)) {}

Process::Process(Process&& other) noexcept = default;
Process& Process::operator=(Process&& other) noexcept = default;
Process::~Process() = default;

ProcessCore& Process::core() const {
  if (!core_) {
    throw UsageError("this Process was moved from");
  }
  return *core_;
}

void Process::run() {
  if (core().task) {
    core().task->run();
  }
}

std::unique_ptr<detail::Task> Process::portable_task() {
  return nullptr;
}

// `wait` leaves the child unreaped if the time runs out. `status_of` reaps it.
bool Process::join(Timeout timeout, const std::stop_token& stop) {
  const auto popen = started_popen(core(), "join");
  return detail::stoppable("join", stop, timeout, [&](const progeny::detail::Deadline& deadline) {
    return popen->wait(deadline) && status_of(*popen);
  });
}

// A process knows that it is alive itself. It has no Popen for that.
bool Process::is_alive() {
  if (core_ && core_ == own_process().current) {
    return true;
  }
  const auto popen = popen_to_ask(core(), "test");
  return popen && !status_of(*popen);
}

void Process::terminate() {
  send(core(), platform::signal_terminate(), "terminate");
}

void Process::kill() {
  send(core(), platform::signal_kill(), "kill");
}

void Process::interrupt() {
  send(core(), platform::signal_interrupt(), "interrupt");
}

void Process::close() {
  // Declared before the lock, so that their destructors run after it is released.
  std::shared_ptr<detail::Popen> popen;
  std::unique_ptr<detail::Task> task;
  detail::Lease lease;
  {
    const std::lock_guard lock(core().mutex);
    if (core().popen && !core().popen->poll()) {
      throw ValueError(
          "cannot close a process while it is still running; call join() or "
          "terminate() first");
    }
    core().closed = true;
    popen = std::move(core().popen);
    task = std::move(core().task);
    lease = std::move(core().lease);
  }
  detail::outlive(std::move(lease));
}

std::string Process::name() const {
  const std::lock_guard lock(core().mutex);
  return core().name;
}

void Process::set_name(const std::string& name) {
  const std::lock_guard lock(core().mutex);
  core().name = name;
}

bool Process::daemon() const {
  const std::lock_guard lock(core().mutex);
  return core().daemon;
}

void Process::set_daemon(bool daemon) {
  const std::lock_guard lock(core().mutex);
  if (core().started) {
    throw UsageError("process has already started");
  }
  core().daemon = daemon;
}

std::optional<std::int64_t> Process::exitcode() {
  const auto popen = popen_to_ask(core(), "ask for the exit code of");
  const auto status = popen ? status_of(*popen) : std::nullopt;
  return status && !status->lost ? std::optional(status->returncode) : std::nullopt;
}

std::optional<int> Process::pid() const {
  const std::lock_guard lock(core().mutex);
  require_open(core());
  if (core().foreign_pid) {
    return core().foreign_pid;
  }
  return core().popen ? std::optional(core().popen->pid()) : std::nullopt;
}

native_handle Process::sentinel() const {
  const std::lock_guard lock(core().mutex);
  require_open(core());
  if (!core().popen) {
    throw ValueError("process not started");
  }
  return core().popen->sentinel();
}

// The current process makes its key when it is asked for the first time.
std::string Process::authkey() const {
  if (core_ == own_process().current) {
    return detail::current_authkey();
  }
  const std::lock_guard lock(core().mutex);
  return core().authkey;
}

void Process::set_authkey(const std::string& key) {
  if (core_ == own_process().current) {
    detail::set_current_authkey(key);
    return;
  }
  const std::lock_guard lock(core().mutex);
  core().authkey = key;
}

Process current_process() {
  return detail::ProcessAccess::handle(own_process().current);
}

std::optional<Process> parent_process() {
  const auto& parent = own_process().parent;
  return parent ? std::optional(detail::ProcessAccess::handle(parent)) : std::nullopt;
}

std::vector<Process> active_children() {
  std::vector<Process> processes;
  for (auto& child : detail::running_children()) {
    processes.push_back(detail::ProcessAccess::handle(std::move(child)));
  }
  return processes;
}

int cpu_count() {
  if (const int count = platform::processor_count(); count > 0) {
    return count;
  }
  throw NotImplementedError("the number of processors cannot be determined");
}

namespace detail {

// The constructor of the subclass has numbered `process` as a child of this process. It is not one.
void adopt_current(Process& process) {
  const std::lock_guard lock(own_process().mutex);
  --own_process().created;
  ProcessAccess::replace(process, own_process().current);
}

}  // namespace detail
}  // namespace progeny::multiprocessing
