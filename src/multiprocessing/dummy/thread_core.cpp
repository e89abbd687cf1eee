#include "multiprocessing/dummy/thread_core.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/dummy/detail/waiting.hpp>

#include <fmt/format.h>

#include <atomic>
#include <utility>

namespace progeny::multiprocessing::dummy::detail {

namespace {

std::uint64_t next_ident() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

std::shared_ptr<ThreadCore> ThreadCore::made_by(
    const std::shared_ptr<ThreadCore>& parent,
    const std::string& name,
    std::optional<bool> daemon,
    std::unique_ptr<multiprocessing::detail::Task> task) {
  auto core = std::make_shared<ThreadCore>();
  core->name_ = name.empty() ? fmt::format("Thread-{}", next_number()) : name;
  core->daemon_ = daemon.value_or(parent->daemon());
  core->ident_ = next_ident();
  core->parent_ident_ = parent->ident();
  core->parent_name_ = parent->name();
  core->task_ = std::move(task);
  return core;
}

// The first to ask is the main thread as a rule.
std::shared_ptr<ThreadCore> ThreadCore::of_stranger() {
  static std::atomic<bool> has_main = false;
  auto core = std::make_shared<ThreadCore>();
  core->name_ = has_main.exchange(true) ? fmt::format("Dummy-{}", next_number()) : "MainThread";
  core->ident_ = next_ident();
  core->is_started_ = true;
  return core;
}

std::unique_ptr<multiprocessing::detail::Task> ThreadCore::begin() {
  const std::lock_guard lock(mutex_);
  if (is_started_) {
    throw UsageError(fmt::format("thread {} can be started only once", name_));
  }
  is_started_ = true;
  return std::move(task_);
}

void ThreadCore::end() {
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  ended_.notify_all();
}

bool ThreadCore::await_end(const Timeout& timeout) {
  std::unique_lock lock(mutex_);
  return await(ended_, lock, timeout, [this] { return has_ended_; });
}

bool ThreadCore::is_started() const {
  const std::lock_guard lock(mutex_);
  return is_started_;
}

bool ThreadCore::has_ended() const {
  const std::lock_guard lock(mutex_);
  return has_ended_;
}

std::string ThreadCore::name() const {
  const std::lock_guard lock(mutex_);
  return name_;
}

void ThreadCore::set_name(const std::string& name) {
  const std::lock_guard lock(mutex_);
  name_ = name;
}

bool ThreadCore::daemon() const {
  const std::lock_guard lock(mutex_);
  return daemon_;
}

void ThreadCore::set_daemon(bool daemon) {
  const std::lock_guard lock(mutex_);
  if (is_started_) {
    throw UsageError(fmt::format("cannot make thread {} daemonic after its start", name_));
  }
  daemon_ = daemon;
}

void ThreadCore::add_child(const std::shared_ptr<ThreadCore>& child) {
  const std::lock_guard lock(mutex_);
  std::erase_if(children_, [](const auto& other) { return other->has_ended(); });
  children_.push_back(child);
}

std::vector<std::shared_ptr<ThreadCore>> ThreadCore::live_children() {
  const std::lock_guard lock(mutex_);
  std::erase_if(children_, [](const auto& other) { return other->has_ended(); });
  return children_;
}

}  // namespace progeny::multiprocessing::dummy::detail
