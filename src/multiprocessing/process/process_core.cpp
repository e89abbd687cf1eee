#include "multiprocessing/process/process_core.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/memory/lease.hpp"
#include "multiprocessing/process/popen.hpp"
#include "platform/process/child.hpp"
#include "platform/process/fork.hpp"
#include "platform/process/per_process.hpp"
#include "platform/system/random.hpp"
#include "platform/system/signals.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::size_t size_of_key = 32;

std::shared_ptr<ProcessCore> main_process() {
  auto core = std::make_shared<ProcessCore>();
  core->name = "MainProcess";
  core->creator = platform::current_pid();
  core->foreign_pid = core->creator;
  core->started = true;
  return core;
}

std::mutex& mutex_of_current_process() noexcept {
  return own_process().current->mutex;
}

std::string default_name(const ProcessCore& core) {
  return fmt::format("{}-{}", class_name(core.method), fmt::join(core.identity, ":"));
}

}  // namespace

std::string_view class_name(const std::optional<StartMethod>& method) noexcept {
  if (!method) {
    return "Process";
  }
  switch (*method) {
    case StartMethod::fork:
      return "ForkProcess";
    case StartMethod::spawn:
      return "SpawnProcess";
    case StartMethod::forkserver:
      break;
  }
  return "ForkServerProcess";
}

void require_open(const ProcessCore& core) {
  if (core.closed) {
    throw ValueError(fmt::format("process {} is closed", core.name));
  }
}

// PerProcess holds `mutex` across a fork. The mutex of `current` is another one that a forked child
// goes on with. The static keeps a second try, after a bad_alloc, from registering it twice.
OwnProcess::OwnProcess() : current(main_process()) {
  static const bool is_held = (platform::hold_across_forks<mutex_of_current_process>(), true);
  static_cast<void>(is_held);
}

OwnProcess::OwnProcess(std::shared_ptr<ProcessCore> child,
                       std::shared_ptr<ProcessCore> creator) noexcept
    : current(std::move(child)), parent(std::move(creator)), is_main(false) {}

OwnProcess& own_process() {
  return platform::PerProcess<OwnProcess>::get();
}

void become(std::shared_ptr<ProcessCore> current, std::shared_ptr<ProcessCore> parent) {
  platform::PerProcess<OwnProcess>::replace(
      std::make_unique<OwnProcess>(std::move(current), std::move(parent)));
}

void bind_to_method(ProcessCore& core, std::optional<StartMethod> method) {
  const std::lock_guard lock(core.mutex);
  if (core.started) {
    throw UsageError(fmt::format("process {} has been started already", core.name));
  }
  const bool has_default_name = core.name == default_name(core);
  core.method = method;
  if (has_default_name) {
    core.name = default_name(core);
  }
}

std::string current_authkey() {
  auto& self = *own_process().current;
  const std::lock_guard lock(self.mutex);
  if (self.authkey.empty()) {
    self.authkey = platform::random_bytes(size_of_key);
  }
  return self.authkey;
}

void set_current_authkey(const std::string& key) {
  auto& self = *own_process().current;
  const std::lock_guard lock(self.mutex);
  self.authkey = key;
}

// The two mutexes are locked one after the other. Both are held across forks, and a thread that
// held one while it locked the other could deadlock with a fork.
std::shared_ptr<ProcessCore> make_core(const ProcessOptions& options, std::unique_ptr<Task> task) {
  auto core = std::make_shared<ProcessCore>();
  auto& own = own_process();
  {
    const std::lock_guard lock(own.mutex);
    core->identity = own.current->identity;
    core->identity.push_back(++own.created);
  }
  {
    const std::lock_guard lock(own.current->mutex);
    core->daemon = options.daemon.value_or(own.current->daemon);
  }
  core->name = options.name.empty() ? default_name(*core) : options.name;
  core->die_with_parent = options.die_with_parent;
  core->authkey = current_authkey();
  core->creator = platform::current_pid();
  core->task = std::move(task);
  return core;
}

namespace {

// Whether the child has ended. If so, moves its lease to `outlived`. A child of the process that
// this one is a copy of (fork(2) by the host) is not ours to wait for or to signal.
bool has_ended(ProcessCore& child, std::vector<Lease>& outlived) {
  if (child.creator != platform::current_pid()) {
    return true;
  }
  const std::lock_guard lock(child.mutex);
  if (child.popen && !child.popen->poll()) {
    return false;
  }
  outlived.push_back(std::move(child.lease));
  return true;
}

// With `own.mutex` held. What it returns has to be destroyed without it.
std::vector<Lease> leases_that_are_over(OwnProcess& own) {
  const auto over =
      std::ranges::partition(own.outlived, [](const Lease& lease) { return !lease.is_over(); });
  std::vector<Lease> ended(std::move_iterator(over.begin()), std::move_iterator(over.end()));
  own.outlived.erase(over.begin(), over.end());
  return ended;
}

}  // namespace

// The mutex of a child may be locked with `own.mutex` held, never the other way round. A child's is
// not held across forks.
std::vector<std::shared_ptr<ProcessCore>> running_children() {
  // Destroyed after the lock is released: both take others.
  std::vector<Lease> ended;
  std::vector<std::shared_ptr<ProcessCore>> forgotten;
  auto& own = own_process();
  const std::lock_guard lock(own.mutex);
  std::erase_if(own.children, [&](auto& child) {
    const bool is_over = has_ended(*child, own.outlived);
    if (is_over) {
      forgotten.push_back(std::move(child));
    }
    return is_over;
  });
  ended = leases_that_are_over(own);
  return own.children;
}

void outlive(Lease lease) {
  std::vector<Lease> ended;  // Destroyed after the lock is released.
  auto& own = own_process();
  const std::lock_guard lock(own.mutex);
  own.outlived.push_back(std::move(lease));
  ended = leases_that_are_over(own);
}

namespace {

// How long daemonic children may take to end by SIGTERM, and then by SIGKILL.
constexpr std::chrono::seconds grace{3};
constexpr std::chrono::seconds longest_kill{5};

struct RunningChild {
  std::shared_ptr<Popen> popen;
  bool is_daemonic = false;
};

std::vector<RunningChild> all_running() {
  std::vector<RunningChild> all;
  for (const auto& child : running_children()) {
    const std::lock_guard lock(child->mutex);
    if (child->popen) {
      all.push_back({.popen = child->popen, .is_daemonic = child->daemon});
    }
  }
  return all;
}

void send_to_daemonic(const std::vector<RunningChild>& children, int signal) {
  for (const RunningChild& child : children) {
    if (child.is_daemonic) {
      static_cast<void>(child.popen->send_signal(signal));
    }
  }
}

void wait_for_daemonic(const std::vector<RunningChild>& children, std::chrono::seconds longest) {
  const progeny::detail::Deadline deadline(longest);
  for (const RunningChild& child : children) {
    if (child.is_daemonic) {
      static_cast<void>(child.popen->wait(deadline));
    }
  }
}

}  // namespace

// All daemonic children get each signal before the first wait, so that they end at the same time. A
// stopped one takes SIGTERM when it goes on.
void end_children() noexcept {
  try {
    const auto children = all_running();
    send_to_daemonic(children, platform::signal_terminate());
    send_to_daemonic(children, platform::signal_continue());
    wait_for_daemonic(children, grace);
    send_to_daemonic(children, platform::signal_kill());
    wait_for_daemonic(children, longest_kill);
    for (const RunningChild& child : children) {
      if (!child.is_daemonic) {
        static_cast<void>(child.popen->wait(progeny::detail::Deadline()));
      }
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): the process ends anyway.
  }
}

}  // namespace progeny::multiprocessing::detail
