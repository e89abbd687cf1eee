#include "multiprocessing/process/exit_callbacks.hpp"

#include "multiprocessing/process/process_core.hpp"
#include "platform/process/child.hpp"
#include "platform/process/per_process.hpp"

#include <progeny/multiprocessing/logging.hpp>

#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::detail {

/// The callbacks and hooks of this process.
class ExitRegistry {
 public:
  ExitRegistry() = default;
  explicit ExitRegistry(AfterForkHooks hooks) : hooks_(std::move(hooks)) {}

  void add(const std::shared_ptr<ExitCallback>& callback) {
    const std::lock_guard lock(mutex);
    callback->number_ = ++last_number_;
    callbacks_.emplace(key_of(*callback), callback);
  }

  // A callback of the parent may have the key of one that a child has registered since: the child's
  // registry counts from 1 again.
  void remove(const ExitCallback& callback) {
    const std::lock_guard lock(mutex);
    const auto found = callbacks_.find(key_of(callback));
    if (found != callbacks_.end() && found->second.get() == &callback) {
      callbacks_.erase(found);
    }
  }

  /// Takes out the next callback whose priority is at least `lowest`. Null if there is none.
  std::shared_ptr<ExitCallback> take(std::optional<int> lowest) {
    const std::lock_guard lock(mutex);
    const auto first = callbacks_.begin();
    if (first == callbacks_.end() || (lowest && first->first.first < *lowest)) {
      return nullptr;
    }
    auto callback = first->second;
    callbacks_.erase(first);
    return callback;
  }

  void add_hook(std::function<void()> hook) {
    const std::lock_guard lock(mutex);
    hooks_.push_back(std::move(hook));
  }

  AfterForkHooks hooks() {
    const std::lock_guard lock(mutex);
    return hooks_;
  }

  std::mutex mutex;  ///< Guards what follows. Not held while a callback or hook runs.

 private:
  // Priority and number: the greatest runs first.
  using Key = std::pair<int, std::uint64_t>;

  static Key key_of(const ExitCallback& callback) {
    return {callback.priority_.value_or(0), callback.number_};
  }

  std::map<Key, std::shared_ptr<ExitCallback>, std::greater<>> callbacks_;
  std::uint64_t last_number_ = 0;
  AfterForkHooks hooks_;
};

namespace {

// A child of ours replaces it. A child that the host forks goes on with the copy.
using OwnRegistry = platform::PerProcess<ExitRegistry>;

ExitRegistry& registry() {
  return OwnRegistry::get();
}

void report(const char* what) noexcept {
  std::fprintf(stderr, "Exception in a finalizer: %s\n", what);
}

// Also runs the callbacks that callbacks add.
void run_down_to(std::optional<int> lowest) noexcept {
  while (const auto callback = registry().take(lowest)) {
    callback->run_reporting();
  }
}

}  // namespace

ExitCallback::ExitCallback(std::function<void()> callback, std::optional<int> priority)
    : callback_(std::move(callback)), priority_(priority), process_(platform::current_pid()) {}

bool ExitCallback::is_of_this_process() const noexcept {
  return process_ == platform::current_pid();
}

std::function<void()> ExitCallback::take() noexcept {
  return std::exchange(callback_, nullptr);
}

// The callback is moved out before it runs, so that its captures are destroyed right after it.
void ExitCallback::run_reporting() noexcept {
  if (!is_of_this_process() || !claim()) {
    return;
  }
  try {
    take()();
  } catch (const std::exception& error) {
    report(error.what());
  } catch (...) {
    report("not a std::exception");
  }
}

std::shared_ptr<ExitCallback> add_exit_callback(std::function<void()> callback, int priority) {
  run_exit_callbacks_at_exit();
  auto added = std::make_shared<ExitCallback>(std::move(callback), priority);
  registry().add(added);
  return added;
}

void remove_exit_callback(const ExitCallback& callback) {
  registry().remove(callback);
}

void run_exit_callbacks() noexcept {
  run_down_to(0);
  end_children();
  run_down_to(std::nullopt);
}

// atexit(3) has no room for data and cannot be undone, so one handler is registered for all.
void run_exit_callbacks_at_exit() {
  static const int registered = std::atexit([] {
    // A child of ours has copied this registration. It ends by `end_process`.
    if (own_process().is_main) {
      run_exit_callbacks();
    }
  });
  static_cast<void>(registered);
}

AfterForkHooks after_fork_hooks() {
  return registry().hooks();
}

void add_after_fork_hook(std::function<void()> hook) {
  registry().add_hook(std::move(hook));
}

void forget_exit_callbacks(AfterForkHooks hooks) {
  OwnRegistry::replace(std::make_unique<ExitRegistry>(std::move(hooks)));
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

}  // namespace progeny::multiprocessing::detail
