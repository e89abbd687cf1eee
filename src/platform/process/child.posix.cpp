#include "platform/process/child.hpp"

#include "platform/io/poll.posix.hpp"
#include "platform/process/exit_watch.posix.hpp"
#include "platform/process/pidfd.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <memory>
#include <utility>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

/// A thread that waits by the exit handle of a child, which stays open meanwhile.
class Child::Waiting {
 public:
  explicit Waiting(Child& child) noexcept : child_(child) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    const std::lock_guard lock(child_.mutex_);
    --child_.waiting_;
    child_.close_unused_handle();
  }

 private:
  Child& child_;
};

namespace {

// waitid(2) for one child: by its handle if there is one, else by its number. Linux 5.2 and 5.3
// have handles and answer EINVAL, and a sandbox may answer anything else; then the number is left.
// ECHILD is an answer about the child: it is not ours any more.
//
// The call itself also tells what the child used, which the function of the C library does not.
int wait_for(const Handle& process,
             int pid,
             siginfo_t& info,
             int options,
             rusage* usage = nullptr) noexcept {
  info = {};
  const auto wait_by = [&](idtype_t type, id_t id) {
    return static_cast<int>(::syscall(SYS_waitid, type, id, &info, options, usage));
  };
  if (process) {
    const auto by_handle = static_cast<id_t>(process.get());
    const int result = retry_interrupted([&] { return wait_by(P_PIDFD, by_handle); });
    if (result == 0 || errno == ECHILD) {
      return result;
    }
  }
  return retry_interrupted([&] { return wait_by(P_PID, static_cast<id_t>(pid)); });
}

// A child that this process traces is also reported when it stops, whatever the options say
// (ptrace(2)).
bool is_end(const siginfo_t& info) noexcept {
  return info.si_pid != 0 &&
         (info.si_code == CLD_EXITED || info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED);
}

std::chrono::microseconds time_of(const timeval& time) noexcept {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

ResourceUsage usage_of(const rusage& usage) noexcept {
  constexpr std::uint64_t unit = 1'024;
  const auto count = [](long number) { return static_cast<std::uint64_t>(number); };
  return {.user = time_of(usage.ru_utime),
          .system = time_of(usage.ru_stime),
          .most_memory = count(usage.ru_maxrss) * unit,
          .minor_faults = count(usage.ru_minflt),
          .major_faults = count(usage.ru_majflt),
          .voluntary_switches = count(usage.ru_nvcsw),
          .involuntary_switches = count(usage.ru_nivcsw)};
}

ExitStatus status_of(const siginfo_t& info, const rusage& usage) noexcept {
  const bool exited = info.si_code == CLD_EXITED;
  return {.returncode = exited ? info.si_status : -info.si_status,
          .core_dumped = info.si_code == CLD_DUMPED,
          .usage = usage_of(usage)};
}

// Whether an error of pidfd_send_signal(2) is about the process, so that kill(2) would not do
// better. EINVAL may be about the signal, which kill(2) says too, or a sandbox's answer.
bool is_final(int error) noexcept {
  return error == 0 || error == ESRCH;
}

}  // namespace

int current_pid() noexcept {
  return ::getpid();
}

Handle own_process_handle() noexcept {
  return open_pidfd(::getpid());
}

std::error_code signal_process(native_handle process, int signal) noexcept {
  const ErrnoKeeper keeper;
  const int error = process == Handle::none() ? ENOSYS : signal_pidfd(process, signal);
  return {error == ESRCH ? 0 : error, std::generic_category()};
}

Child::Child(int pid, Handle process, Handle tree) noexcept
    : pid_(pid), creator_(::getpid()), tree_(std::move(tree)), process_(std::move(process)) {}

Child::~Child() {
  if (is_ours()) {
    const std::lock_guard lock(mutex_);
    let_go_of_number();
  }
}

bool Child::is_ours() const noexcept {
  return current_pid() == creator_;
}

// Looks before it reaps: a stop of a traced child is for the code that traces it to take.
std::optional<ExitStatus> Child::reap_locked() noexcept {
  if (status_) {
    return status_;
  }
  const ErrnoKeeper keeper;
  siginfo_t info;
  rusage usage{};
  if (wait_for(process_, pid_, info, WEXITED | WNOHANG | WNOWAIT, &usage) == -1) {
    // ECHILD: other code reaped it, or SIGCHLD is ignored. Python says 0 then.
    learn_status({.lost = true});
  } else if (is_end(info)) {
    is_unreaped_ = true;
    learn_status(status_of(info, usage));
  }
  return status_;
}

void Child::learn_status(const ExitStatus& status) noexcept {
  status_ = status;
  status_->seen_at = std::chrono::steady_clock::now();
  if (!keeps_number_) {
    let_go_of_number();
  }
  close_unused_handle();
}

void Child::let_go_of_number() noexcept {
  if (std::exchange(is_unreaped_, false)) {
    const ErrnoKeeper keeper;
    siginfo_t info;
    static_cast<void>(wait_for(process_, pid_, info, WEXITED | WNOHANG));
  }
}

void Child::close_unused_handle() noexcept {
  if (status_ && waiting_ == 0 && !is_exported_ && !keeps_group_) {
    process_.reset();
  }
}

bool Child::exit_handle_is_needed(const detail::Deadline& deadline,
                                  const Event* cancel) const noexcept {
  return process_ || cancel != nullptr || !deadline.is_never();
}

WaitEnd Child::wait_ended(const detail::Deadline& deadline, const Event* cancel) {
  native_handle handle = Handle::none();
  {
    const std::lock_guard lock(mutex_);
    if (status_) {
      return WaitEnd::exited;
    }
    if (exit_handle_is_needed(deadline, cancel)) {
      handle = exit_handle_locked();
      ++waiting_;
    }
  }
  if (handle == Handle::none()) {
    await_end_by_number(pid_);
    return WaitEnd::exited;
  }
  const Waiting waiting(*this);
  std::array entries{
      pollfd{.fd = handle, .events = POLLIN, .revents = 0},
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

// kill(2) is safe here: the child has just been found unreaped, and only this object reaps it,
// under this lock. What is left is other code of the host that reaps it at this very moment.
std::error_code Child::send_signal(int signal) noexcept {
  const ErrnoKeeper keeper;
  const std::lock_guard lock(mutex_);
  if (reap_locked()) {
    return {};
  }
  int error = process_ ? signal_pidfd(process_.get(), signal) : ENOSYS;
  if (!is_final(error)) {
    error = ::kill(pid_, signal) == -1 ? errno : 0;
  }
  return {error == ESRCH ? 0 : error, std::generic_category()};
}

// Signal 0 asks whether the kernel can do it, and sends nothing.
void Child::keep_group() noexcept {
  const std::lock_guard lock(mutex_);
  const int error = process_ ? signal_group_of_pidfd(process_.get(), 0) : ENOSYS;
  keeps_group_ = true;
  keeps_number_ = error != 0 && error != ESRCH;
}

std::error_code Child::terminate_group() noexcept {
  const std::lock_guard lock(mutex_);
  return signal_group(SIGTERM);
}

std::error_code Child::kill_group() noexcept {
  const std::lock_guard lock(mutex_);
  const std::error_code error = signal_group(SIGKILL);
  keeps_number_ = false;
  let_go_of_number();
  return error;
}

// Whether `pid_` still is the number of our child, which runs or is not reaped.
bool Child::number_is_ours() noexcept {
  if (status_ && !is_unreaped_) {
    return false;
  }
  siginfo_t info;
  if (wait_for(process_, pid_, info, WEXITED | WNOHANG | WNOWAIT) == 0) {
    return true;
  }
  is_unreaped_ = false;
  if (!status_) {
    learn_status({.lost = true});
  }
  return false;
}

// By the handle, the kernel itself tells our group from another one with its number.
std::error_code Child::signal_group(int signal) noexcept {
  const ErrnoKeeper keeper;
  int error = process_ ? signal_group_of_pidfd(process_.get(), signal) : ENOSYS;
  if (error != 0 && error != ESRCH) {
    if (!number_is_ours()) {
      return {};
    }
    error = ::killpg(pid_, signal) == -1 ? errno : 0;
  }
  return {error == ESRCH ? 0 : error, std::generic_category()};
}

native_handle Child::exit_handle() {
  const std::lock_guard lock(mutex_);
  is_exported_ = true;
  return exit_handle_locked();
}

native_handle Child::exit_handle_locked() {
  if (process_) {
    return process_.get();
  }
  if (status_) {
    if (!ended_) {
      ended_ = std::make_unique<Event>();
      ended_->set();
    }
    return ended_->handle();
  }
  if (!watch_) {
    watch_ = std::make_unique<ExitWatch>(pid_);
  }
  return watch_->handle();
}

}  // namespace progeny::platform
