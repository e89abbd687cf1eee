#include "platform/process/exit_watch.posix.hpp"

#include "platform/io/pipe.hpp"
#include "platform/system/errno.posix.hpp"
#include "platform/system/thread.hpp"

#include <csignal>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

ExitWatch::ExitWatch(int pid) : creator_(::getpid()) {
  Pipe pipe = make_pipe(PipeEnd::read);
  signal_->write_end = std::move(pipe.write_end);
  read_end_ = std::move(pipe.read_end);
  start_quiet_thread([pid, signal = signal_] {
    siginfo_t info{};
    static_cast<void>(retry_interrupted(
        [&] { return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT); }));
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
