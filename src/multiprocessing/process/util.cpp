#include <progeny/multiprocessing/util.hpp>

#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "platform/process/child.hpp"
#include "platform/process/per_process.hpp"
#include "platform/process/process_end.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/logging.hpp>

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

/// One callback. `pending` is taken back by who runs or drops it.
struct util::Finalize::Entry {
  std::function<void()> callback;
  std::optional<int> priority;
  int process = platform::current_pid();
  std::uint64_t number = 0;
  std::atomic<bool> pending{true};
};

namespace {

using Entry = util::Finalize::Entry;

// The highest priority first, and the newest among equals.
struct Order {
  bool operator()(const std::pair<int, std::uint64_t>& left,
                  const std::pair<int, std::uint64_t>& right) const noexcept {
    return left > right;
  }
};

class Registry {
 public:
  Registry() = default;
  explicit Registry(detail::AfterForkHooks hooks) : hooks_(std::move(hooks)) {}

  void add(const std::shared_ptr<Entry>& entry) {
    const std::lock_guard lock(mutex);
    entry->number = ++last_number_;
    entries_.emplace(key_of(*entry), entry);
  }

  void remove(const Entry& entry) {
    const std::lock_guard lock(mutex);
    entries_.erase(key_of(entry));
  }

  /// The first of a phase, which it takes out.
  std::shared_ptr<Entry> take(detail::ExitPhase phase) {
    const std::lock_guard lock(mutex);
    const auto first = entries_.begin();
    if (first == entries_.end() ||
        (phase == detail::ExitPhase::before_children && first->first.first < 0)) {
      return nullptr;
    }
    auto entry = first->second;
    entries_.erase(first);
    return entry;
  }

  void add_hook(std::function<void()> hook) {
    const std::lock_guard lock(mutex);
    hooks_.push_back(std::move(hook));
  }

  detail::AfterForkHooks hooks() {
    const std::lock_guard lock(mutex);
    return hooks_;
  }

 private:
  friend class platform::PerProcess<Registry>;

  static std::pair<int, std::uint64_t> key_of(const Entry& entry) {
    return {entry.priority.value_or(0), entry.number};
  }

  std::mutex mutex;  // Guards what follows.
  std::map<std::pair<int, std::uint64_t>, std::shared_ptr<Entry>, Order> entries_;
  std::uint64_t last_number_ = 0;
  detail::AfterForkHooks hooks_;
};

using OwnRegistry = platform::PerProcess<Registry>;

Registry& registry() {
  return OwnRegistry::get();
}

void report(const char* what) noexcept {
  std::fprintf(stderr, "Exception in a finalizer: %s\n", what);
}

void run_reporting(Entry& entry) noexcept {
  if (entry.process != platform::current_pid() || !entry.pending.exchange(false)) {
    return;
  }
  try {
    const auto callback = std::move(entry.callback);
    callback();
  } catch (const std::exception& error) {
    report(error.what());
  } catch (...) {
    report("not a std::exception");
  }
}

}  // namespace

namespace detail {

void run_exit_callbacks(ExitPhase phase) noexcept {
  while (const auto entry = registry().take(phase)) {
    run_reporting(*entry);
  }
}

AfterForkHooks after_fork_hooks() {
  return registry().hooks();
}

void forget_exit_callbacks(AfterForkHooks hooks) {
  OwnRegistry::replace(std::make_unique<Registry>(std::move(hooks)));
}

void tend_to_the_end() {
  static const int registered = std::atexit([] {
    if (!own_process().is_main) {
      return;  // A child ends by end_process.
    }
    run_exit_callbacks(ExitPhase::before_children);
    end_children();
    run_exit_callbacks(ExitPhase::after_children);
  });
  static_cast<void>(registered);
}

void run_after_fork_hooks() noexcept {
  for (const auto& hook : registry().hooks()) {
    try {
      hook();
    } catch (const std::exception& error) {
      get_logger().warning(fmt::format("after-fork hook failed: {}", error.what()));
    } catch (...) {
      get_logger().warning("after-fork hook failed");
    }
  }
}

}  // namespace detail

namespace util {

Finalize::Finalize(std::function<void()> callback, std::optional<int> exitpriority)
    : entry_(std::make_shared<Entry>()) {
  entry_->callback = std::move(callback);
  entry_->priority = exitpriority;
  if (exitpriority) {
    detail::tend_to_the_end();
    registry().add(entry_);
  }
}

Finalize& Finalize::operator=(Finalize&& other) noexcept {
  const Finalize old(std::move(*this));
  entry_ = std::move(other.entry_);
  return *this;
}

Finalize::~Finalize() {
  if (entry_) {
    if (entry_->priority) {
      registry().remove(*entry_);
    }
    run_reporting(*entry_);
  }
}

bool Finalize::operator()() {
  if (!still_active() || !entry_->pending.exchange(false)) {
    return false;
  }
  if (entry_->priority) {
    registry().remove(*entry_);
  }
  const auto callback = std::move(entry_->callback);
  callback();
  return true;
}

void Finalize::cancel() noexcept {
  if (entry_ && entry_->pending.exchange(false)) {
    if (entry_->priority) {
      registry().remove(*entry_);
    }
    entry_->callback = nullptr;
  }
}

bool Finalize::still_active() const noexcept {
  return entry_ && entry_->process == platform::current_pid() && entry_->pending.load();
}

void Finalize::detach() {
  if (entry_ && !entry_->priority) {
    throw ValueError("a finalizer without a priority would never run");
  }
  entry_.reset();
}

void at_exit(std::function<void()> callback, int exitpriority) {
  Finalize(std::move(callback), exitpriority).detach();
}

void register_after_fork(std::function<void()> hook) {
  registry().add_hook(std::move(hook));
}

}  // namespace util
}  // namespace progeny::multiprocessing
