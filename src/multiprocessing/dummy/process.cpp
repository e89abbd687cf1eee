#include <progeny/multiprocessing/dummy/process.hpp>

#include "multiprocessing/dummy/thread_core.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/util.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <ostream>
#include <system_error>
#include <thread>

namespace progeny::multiprocessing::dummy {

namespace detail {

class ThreadAccess {
 public:
  [[nodiscard]] static Process handle(std::shared_ptr<ThreadCore> core) {
    return Process(std::move(core));
  }
};

namespace {

// Of a thread that no Process started, such as the main one, made when it is first asked for.
std::shared_ptr<ThreadCore>& current() {
  thread_local std::shared_ptr<ThreadCore> core;
  return core;
}

const std::shared_ptr<ThreadCore>& current_core() {
  std::shared_ptr<ThreadCore>& core = current();
  if (!core) {
    core = ThreadCore::of_stranger();
  }
  return core;
}

// Those that the end of the program waits for.
class Running {
 public:
  void add(const std::shared_ptr<ThreadCore>& core) {
    const std::lock_guard lock(mutex_);
    std::erase_if(cores_, [](const auto& other) { return other->has_ended(); });
    cores_.push_back(core);
    if (!waits_at_exit_) {
      waits_at_exit_ = true;
      util::Finalize([this] { join_all(); }, 0).detach();
    }
  }

 private:
  void join_all() {
    for (;;) {
      std::shared_ptr<ThreadCore> core;
      {
        const std::lock_guard lock(mutex_);
        if (cores_.empty()) {
          return;
        }
        core = std::move(cores_.back());
        cores_.pop_back();
      }
      core->await_end({});
    }
  }

  std::mutex mutex_;
  std::vector<std::shared_ptr<ThreadCore>> cores_;
  bool waits_at_exit_ = false;
};

// Never destroyed: threads may start others while the program ends.
Running& running() {
  static auto* const all = new Running;
  return *all;
}

void report(const std::string& name, const char* what) {
  const std::string text = fmt::format("Exception in thread {}: {}\n", name, what);
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

void run_in_thread(const std::shared_ptr<ThreadCore>& core,
                   std::unique_ptr<multiprocessing::detail::Task> task) {
  current() = core;
  try {
    if (task) {
      task->run();
    }
  } catch (const SystemExit&) {
  } catch (const std::exception& error) {
    report(core->name(), error.what());
  } catch (...) {
    report(core->name(), "an object that is no exception");
  }
  task.reset();
  core->end();
}

}  // namespace

}  // namespace detail

using detail::ThreadCore;

Process::Process(const ProcessOptions& options) : Process(options, nullptr) {}

Process::Process(const ProcessOptions& options, std::unique_ptr<multiprocessing::detail::Task> task)
    : core_(ThreadCore::made_by(
          detail::current_core(), options.name, options.daemon, std::move(task))) {}

void Process::start() {
  const std::shared_ptr<ThreadCore>& caller = detail::current_core();
  if (!core_->is_child_of(*caller)) {
    throw RuntimeError(fmt::format("cannot start {}: thread {} has made it, and {} calls",
                                   to_string(*this),
                                   core_->parent_name(),
                                   caller->name()));
  }
  auto task = core_->begin();
  try {
    std::thread(detail::run_in_thread, core_, std::move(task)).detach();
  } catch (const std::system_error& error) {
    core_->end();
    throw OSError(error.code(), "start thread", core_->name());
  }
  if (!core_->daemon()) {
    detail::running().add(core_);
  }
  caller->add_child(core_);
}

bool Process::join(Timeout timeout) {
  if (!core_->is_started()) {
    throw UsageError(fmt::format("cannot join {} before it is started", to_string(*this)));
  }
  if (core_ == detail::current_core()) {
    throw UsageError(fmt::format("{} cannot join itself", to_string(*this)));
  }
  return core_->await_end(timeout);
}

bool Process::is_alive() const {
  return core_->is_started() && !core_->has_ended();
}

std::string Process::name() const {
  return core_->name();
}

void Process::set_name(const std::string& name) {
  core_->set_name(name);
}

bool Process::daemon() const {
  return core_->daemon();
}

void Process::set_daemon(bool daemon) {
  core_->set_daemon(daemon);
}

std::optional<std::int64_t> Process::exitcode() const {
  return core_->has_ended() ? std::optional<std::int64_t>(0) : std::nullopt;
}

std::optional<std::uint64_t> Process::ident() const {
  return core_->is_started() ? std::optional(core_->ident()) : std::nullopt;
}

std::string to_string(const Process& process) {
  const ThreadCore& core = *process.core_;
  const char* const state = core.has_ended()    ? "stopped"
                            : core.is_started() ? "started"
                                                : "initial";
  return fmt::format(
      "<DummyProcess({}, {}{})>", core.name(), state, core.daemon() ? " daemon" : "");
}

std::ostream& operator<<(std::ostream& out, const Process& process) {
  return out << to_string(process);
}

Process current_process() {
  return detail::ThreadAccess::handle(detail::current_core());
}

std::vector<Process> active_children() {
  std::vector<Process> children;
  for (auto& core : detail::current_core()->live_children()) {
    children.push_back(detail::ThreadAccess::handle(std::move(core)));
  }
  return children;
}

}  // namespace progeny::multiprocessing::dummy
