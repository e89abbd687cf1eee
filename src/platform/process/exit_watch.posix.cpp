#include "platform/process/exit_watch.posix.hpp"

#include "platform/io/pipe.hpp"
#include "platform/system/errno.posix.hpp"
#include "platform/system/thread.hpp"

#include <csignal>
#include <ctime>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

// A child that this process traces is reported when it stops, too, and again at once as long as the
// report is not taken. Such a child is looked at now and then.
void await_end_by_number(int pid) noexcept {
  constexpr timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
  const ErrnoKeeper keeper;
  for (;;) {
    siginfo_t info{};
    const int result = retry_interrupted(
        [&] { return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT); });
    const bool is_stop = info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED;
    if (result == -1 || !is_stop) {
      return;
    }
    ::nanosleep(&pause, nullptr);
  }
}

ExitWatch::ExitWatch(int pid) : creator_(::getpid()) {
  Pipe pipe = make_pipe(PipeEnd::read);
  signal_->write_end = std::move(pipe.write_end);
  read_end_ = std::move(pipe.read_end);
  start_quiet_thread([pid, signal = signal_] {
    await_end_by_number(pid);
    const std::lock_guard lock(signal->mutex);
    if (signal->write_end) {
      static_cast<void>(!::write(signal->write_end.get(), "", 1));
    }
  });
}

ExitWatch::~ExitWatch() {
  // In a copy made by fork(2) the thread does not exist. If it held the mutex at the fork, the
  // mutex stays locked there for ever, so the copy does not touch it.
  if (::getpid() == creator_) {
    const std::lock_guard lock(signal_->mutex);
    signal_->write_end.reset();
  }
}

}  // namespace progeny::platform
