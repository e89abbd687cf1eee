#include <progeny/multiprocessing/util.hpp>

#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/temp_dir.hpp"

#include <progeny/base/errors.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace progeny::multiprocessing::util {

namespace {

void unregister(const detail::ExitCallback& callback) {
  if (callback.priority()) {
    detail::remove_exit_callback(callback);
  }
}

}  // namespace

Finalize::Finalize(std::function<void()> callback, std::optional<int> exitpriority)
    : callback_(exitpriority
                    ? detail::add_exit_callback(std::move(callback), *exitpriority)
                    : std::make_shared<detail::ExitCallback>(std::move(callback), std::nullopt)) {}

Finalize& Finalize::operator=(Finalize&& other) noexcept {
  const Finalize old(std::move(*this));
  callback_ = std::move(other.callback_);
  return *this;
}

Finalize::~Finalize() {
  if (callback_) {
    unregister(*callback_);
    callback_->run_reporting();
  }
}

bool Finalize::operator()() {
  if (!still_active() || !callback_->claim()) {
    return false;
  }
  unregister(*callback_);
  callback_->take()();
  return true;
}

void Finalize::cancel() noexcept {
  if (callback_ && callback_->claim()) {
    unregister(*callback_);
    static_cast<void>(callback_->take());
  }
}

bool Finalize::still_active() const noexcept {
  return callback_ && callback_->is_of_this_process() && callback_->is_pending();
}

void Finalize::detach() {
  if (callback_ && !callback_->priority()) {
    throw ValueError("a finalizer without a priority would never run");
  }
  callback_.reset();
}

void at_exit(std::function<void()> callback, int exitpriority) {
  static_cast<void>(detail::add_exit_callback(std::move(callback), exitpriority));
}

void register_after_fork(std::function<void()> hook) {
  detail::add_after_fork_hook(std::move(hook));
}

std::string get_temp_dir() {
  return detail::temp_dir();
}

}  // namespace progeny::multiprocessing::util
