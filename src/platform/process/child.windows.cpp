#include "platform/process/child.hpp"

#include "platform/io/wait_for_any.windows.hpp"
#include "platform/system/win32.windows.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <span>
#include <utility>

#include <psapi.h>

namespace progeny::platform {

namespace {

// The exit code of a process that was ended, as in Python: TerminateProcess(handle, 1).
constexpr UINT terminated = 1;

bool has_ended(native_handle process) noexcept {
  return ::WaitForSingleObject(process, 0) == WAIT_OBJECT_0;
}

std::chrono::microseconds time_of(const FILETIME& time) noexcept {
  const std::uint64_t ticks = std::uint64_t{time.dwHighDateTime} << 32U | time.dwLowDateTime;
  return std::chrono::microseconds(ticks / 10);
}

// What cannot be asked for stays zero.
ResourceUsage usage_of(native_handle process) noexcept {
  ResourceUsage usage;
  FILETIME birth{};
  FILETIME end{};
  FILETIME system{};
  FILETIME user{};
  if (::GetProcessTimes(process, &birth, &end, &system, &user) != FALSE) {
    usage.user = time_of(user);
    usage.system = time_of(system);
  }
  PROCESS_MEMORY_COUNTERS memory{};
  if (::K32GetProcessMemoryInfo(process, &memory, sizeof memory) != FALSE) {
    usage.most_memory = memory.PeakWorkingSetSize;
    usage.major_faults = memory.PageFaultCount;
  }
  return usage;
}

}  // namespace

// Empty here, as the handle of a process can be waited for.
class ExitWatch {};

int current_pid() noexcept {
  return static_cast<int>(::GetCurrentProcessId());
}

Child::Child(int pid, Handle process, Handle tree) noexcept
    : pid_(pid), creator_(current_pid()), tree_(std::move(tree)), process_(std::move(process)) {}

Child::~Child() = default;

// Windows cannot copy a process.
bool Child::is_ours() const noexcept {
  return true;
}

// First the handle: an exit code of 259 could not be told from STILL_ACTIVE.
std::optional<ExitStatus> Child::reap_locked() noexcept {
  if (!status_ && has_ended(process_.get())) {
    DWORD code = 0;
    const bool known = ::GetExitCodeProcess(process_.get(), &code) != FALSE;
    status_ = ExitStatus{.returncode = code,
                         .lost = !known,
                         .usage = usage_of(process_.get()),
                         .seen_at = std::chrono::steady_clock::now()};
  }
  return status_;
}

bool Child::exit_handle_is_needed(const detail::Deadline&, const Event*) const noexcept {
  return true;
}

WaitEnd Child::wait_ended(const detail::Deadline& deadline, const Event* cancel) {
  const std::array<HANDLE, 2> handles{process_.get(),
                                      cancel != nullptr ? cancel->handle() : nullptr};
  const auto ready = wait_for_any(std::span(handles).first(cancel != nullptr ? 2 : 1), deadline);
  if (!ready) {
    return WaitEnd::timed_out;
  }
  return *ready == 0 ? WaitEnd::exited : WaitEnd::cancelled;
}

WaitEnd Child::wait(const detail::Deadline& deadline, const Event* cancel) {
  const WaitEnd end = wait_ended(deadline, cancel);
  return poll() ? WaitEnd::exited : end;
}

// The number stays reserved while the handle is open, so no other process can be hit.
std::error_code Child::send_signal(int signal) noexcept {
  const std::lock_guard lock(mutex_);
  if (reap_locked()) {
    return {};
  }
  if (signal == CTRL_C_EVENT || signal == CTRL_BREAK_EVENT) {
    return signal_group(signal);
  }
  if (signal != SIGTERM) {
    return std::make_error_code(std::errc::invalid_argument);
  }
  if (::TerminateProcess(process_.get(), terminated) != FALSE) {
    return {};
  }
  // Access is denied if the process is ending by itself. Its own exit code counts then.
  const std::error_code error = last_error();
  return has_ended(process_.get()) ? std::error_code() : error;
}

// A group is made of the processes on this console that were started with the leader's group.
// NOLINTNEXTLINE(readability-make-member-function-const): it changes the group.
std::error_code Child::signal_group(int signal) noexcept {
  const auto event = static_cast<DWORD>(signal);
  return ::GenerateConsoleCtrlEvent(event, static_cast<DWORD>(pid_)) == FALSE ? last_error()
                                                                              : std::error_code();
}

// Members without a console, and members that ignore the event, go on until they are killed.
std::error_code Child::terminate_group() noexcept {
  const std::lock_guard lock(mutex_);
  return reap_locked() ? std::error_code() : signal_group(CTRL_BREAK_EVENT);
}

// A tree can be killed even when the child at its root is gone.
std::error_code Child::kill_group() noexcept {
  if (!tree_) {
    return send_signal(SIGTERM);
  }
  return ::TerminateJobObject(tree_.get(), terminated) == FALSE ? last_error() : std::error_code();
}

// The tree's handle stays open for as long as this object.
void Child::keep_group() noexcept {}

native_handle Child::exit_handle() {
  return process_.get();
}

}  // namespace progeny::platform
