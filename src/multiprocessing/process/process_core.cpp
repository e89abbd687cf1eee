#include "multiprocessing/process/process_core.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/memory/shared_block.hpp"
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

// Whether the child has ended. If so, moves what was kept for it to `kept`.
bool has_ended(ProcessCore& child, Keeping::Kept& kept) {
  const std::lock_guard lock(child.mutex);
  if (child.popen && !child.popen->poll()) {
    return false;
  }
  std::ranges::move(child.kept, std::back_inserter(kept));
  child.kept.clear();
  return true;
}

}  // namespace

// The mutex of a child may be locked with `own.mutex` held, never the other way round. A child's is
// not held across forks.
std::vector<std::shared_ptr<ProcessCore>> running_children() {
  Keeping::Kept kept;  // Destroyed after the locks are released: it takes others.
  auto& own = own_process();
  const std::lock_guard lock(own.mutex);
  std::erase_if(own.children, [&](const auto& child) { return has_ended(*child, kept); });
  return own.children;
}

namespace {

std::shared_ptr<Popen> popen_of(ProcessCore& core) {
  const std::lock_guard lock(core.mutex);
  return core.popen;
}

}  // namespace

// All daemonic children get their signal before the first wait, so that they end at the same time.
void end_children() noexcept {
  try {
    const auto children = running_children();
    for (const auto& child : children) {
      if (child->daemon) {
        if (const auto popen = popen_of(*child)) {
          static_cast<void>(popen->send_signal(platform::signal_terminate()));
        }
      }
    }
    for (const auto& child : children) {
      if (const auto popen = popen_of(*child)) {
        static_cast<void>(popen->wait(progeny::detail::Deadline()));
      }
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): the process ends anyway.
  }
}

}  // namespace progeny::multiprocessing::detail
