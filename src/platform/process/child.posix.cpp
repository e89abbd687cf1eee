#include "platform/process/child.hpp"

#include "platform/io/poll.posix.hpp"
#include "platform/process/exit_watch.posix.hpp"
#include "platform/process/pidfd.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <array>
#include <csignal>
#include <memory>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

ExitStatus status_of(const siginfo_t& info) noexcept {
  const bool exited = info.si_code == CLD_EXITED;
  return {.returncode = exited ? info.si_status : -info.si_status,
          .core_dumped = info.si_code == CLD_DUMPED};
}

}  // namespace

int current_pid() noexcept {
  return ::getpid();
}

std::error_code signal_process(native_handle process, int signal) noexcept {
  const ErrnoKeeper keeper;
  const int error = process == Handle::none() ? ENOSYS : signal_pidfd(process, signal);
  return {error == ESRCH ? 0 : error, std::generic_category()};
}

Child::Child(int pid, Handle process, Handle tree) noexcept
    : pid_(pid), creator_(::getpid()), process_(std::move(process)), tree_(std::move(tree)) {}

Child::~Child() = default;

bool Child::is_ours() const noexcept {
  return current_pid() == creator_;
}

std::optional<ExitStatus> Child::reap_locked() noexcept {
  if (status_) {
    return status_;
  }
  const ErrnoKeeper keeper;
  const idtype_t kind = process_ ? P_PIDFD : P_PID;
  const auto id = static_cast<id_t>(process_ ? process_.get() : pid_);
  siginfo_t info{};
  const int result =
      retry_interrupted([&] { return ::waitid(kind, id, &info, WEXITED | WNOHANG); });
  if (result == -1) {
    // ECHILD: other code reaped it, or SIGCHLD is ignored. Python says 0 then.
    status_ = ExitStatus{.lost = true};
  } else if (info.si_pid != 0) {
    status_ = status_of(info);
  }
  return status_;
}

bool Child::exit_handle_is_needed(const detail::Deadline& deadline,
                                  const Event* cancel) const noexcept {
  return cancel != nullptr || !deadline.is_never();
}

WaitEnd Child::wait_ended(const detail::Deadline& deadline, const Event* cancel) {
  if (known()) {
    return WaitEnd::exited;
  }
  if (!exit_handle_is_needed(deadline, cancel)) {
    const ErrnoKeeper keeper;
    siginfo_t info{};
    // An error (ECHILD) means that it is gone, so it has ended.
    static_cast<void>(retry_interrupted(
        [&] { return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT); }));
    return WaitEnd::exited;
  }
  std::array entries{
      pollfd{.fd = exit_handle(), .events = POLLIN, .revents = 0},
      pollfd{.fd = cancel != nullptr ? cancel->handle() : -1, .events = POLLIN, .revents = 0}};
  if (!poll_until(entries, deadline)) {
    return WaitEnd::timed_out;
  }
  return entries[0].revents != 0 ? WaitEnd::exited : WaitEnd::cancelled;
}

WaitEnd Child::wait(const detail::Deadline& deadline, const Event* cancel) {
  for (;;) {
    const WaitEnd end = wait_ended(deadline, cancel);
    if (poll()) {
      return WaitEnd::exited;
    }
    if (end != WaitEnd::exited) {
      return end;
    }
  }
}

std::error_code Child::send_signal(int signal) noexcept {
  const ErrnoKeeper keeper;
  const std::lock_guard lock(mutex_);
  if (reap_locked()) {
    return {};
  }
  int error = process_ ? signal_pidfd(process_.get(), signal) : ENOSYS;
  if (error == ENOSYS) {
    error = ::kill(pid_, signal) == -1 ? errno : 0;
  }
  return {error == ESRCH ? 0 : error, std::generic_category()};
}

std::error_code Child::terminate_group() noexcept {
  return signal_group(SIGTERM);
}

std::error_code Child::kill_group() noexcept {
  return signal_group(SIGKILL);
}

// Not after reaping, even if members are left: the group's number may be another group's by then.
std::error_code Child::signal_group(int signal) noexcept {
  const ErrnoKeeper keeper;
  const std::lock_guard lock(mutex_);
  if (status_) {
    return {};
  }
  const int error = ::killpg(pid_, signal) == -1 ? errno : 0;
  return {error == ESRCH ? 0 : error, std::generic_category()};
}

native_handle Child::exit_handle() {
  const std::lock_guard lock(mutex_);
  if (process_) {
    return process_.get();
  }
  if (!watch_) {
    watch_ = std::make_unique<ExitWatch>(pid_);
  }
  return watch_->handle();
}

}  // namespace progeny::platform
