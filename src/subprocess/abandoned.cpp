#include "subprocess/abandoned.hpp"

#include "base/deadline.hpp"
#include "platform/io/event.hpp"
#include "platform/io/readable.hpp"
#include "platform/system/thread.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::subprocess::detail {

namespace {

// For children that have no handle, because descriptors or threads have run out.
constexpr auto retry_interval = std::chrono::seconds(1);

using Children = std::vector<std::unique_ptr<platform::Child>>;

class Abandoned {
 public:
  void add(std::unique_ptr<platform::Child> child) {
    const std::lock_guard lock(mutex_);
    children_.push_back(std::move(child));
    if (watched_) {
      news_->set();
      return;
    }
    // From here on failure does no harm: the child is in the list, and the next launch reaps it.
    if (!news_) {
      news_.emplace();
    }
    platform::start_quiet_thread([this] { watch(); });
    watched_ = true;
  }

  void reap() {
    const std::lock_guard lock(mutex_);
    const std::size_t before = children_.size();
    reap_locked();
    // The thread may be about to wait for a handle that is closed now, and whose number is another
    // file's by then.
    if (watched_ && children_.size() != before) {
      news_->set();
    }
  }

 private:
  void reap_locked() {
    std::erase_if(children_, [](const auto& child) { return child->poll().has_value(); });
  }

  // If `reap` closes a handle meanwhile, it sets `news_`, which ends the wait.
  void watch() noexcept {
    try {
      while (const auto watchable = reap_and_list()) {
        const progeny::Timeout limit =
            watchable->complete ? progeny::Timeout() : progeny::Timeout(retry_interval);
        static_cast<void>(
            platform::wait_readable(watchable->handles, progeny::detail::Deadline(limit)));
      }
    } catch (...) {
      // Out of memory or descriptors: the next launch reaps, and the next child tries again.
      const std::lock_guard lock(mutex_);
      watched_ = false;
    }
  }

  struct Watchable {
    std::vector<native_handle> handles;
    bool complete = true;  // Every child has a handle.
  };

  // Reaps, and lists what to wait for; nothing if no child is left, and then the thread ends.
  std::optional<Watchable> reap_and_list() {
    const std::lock_guard lock(mutex_);
    news_->clear();
    reap_locked();
    watched_ = !children_.empty();
    if (!watched_) {
      return std::nullopt;
    }
    Watchable watchable{.handles = {news_->handle()}};
    for (const auto& child : children_) {
      try {
        watchable.handles.push_back(child->exit_handle());
      } catch (const std::system_error&) {
        watchable.complete = false;
      }
    }
    return watchable;
  }

  std::mutex mutex_;  // Guards all below.
  Children children_;
  bool watched_ = false;  // Whether the thread runs.
  // Set when children were added or reaped while the thread runs. Made with the first thread, as it
  // takes a descriptor, and a child must get into the list when there is none.
  std::optional<platform::Event> news_;
};

struct OfProcess {
  int pid = platform::current_pid();
  Abandoned list;
};

// Never destroyed, as the thread may outlive static objects.
std::atomic<OfProcess*>& current() noexcept {
  static std::atomic<OfProcess*> pointer{nullptr};
  return pointer;
}

// A process made by fork(2) starts with an empty list. It has no such thread, the copied lock may
// be held for ever, and the children in the list are not its own.
bool is_of_this_process(const OfProcess* found) noexcept {
  return found != nullptr && found->pid == platform::current_pid();
}

Abandoned& abandoned() {
  OfProcess* found = current().load(std::memory_order_acquire);
  while (!is_of_this_process(found)) {
    auto fresh = std::make_unique<OfProcess>();
    if (current().compare_exchange_strong(found, fresh.get(), std::memory_order_acq_rel)) {
      found = fresh.release();
    }
  }
  return found->list;
}

}  // namespace

void abandon(std::unique_ptr<platform::Child> child) noexcept {
  try {
    abandoned().add(std::move(child));
    // NOLINTNEXTLINE(bugprone-empty-catch): no thread or descriptor; the next launch reaps it.
  } catch (...) {
  }
}

// Does not make the list if there is none yet.
void reap_abandoned() noexcept {
  OfProcess* const found = current().load(std::memory_order_acquire);
  if (is_of_this_process(found)) {
    try {
      found->list.reap();
    } catch (...) {  // NOLINT(bugprone-empty-catch): the next launch tries again.
    }
  }
}

}  // namespace progeny::subprocess::detail
