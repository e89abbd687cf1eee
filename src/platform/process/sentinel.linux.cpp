#include "platform/process/sentinel.hpp"

#include "base/made_early.hpp"
#include "platform/io/descriptor.posix.hpp"
#include "platform/io/pipe.hpp"
#include "platform/process/per_process.hpp"
#include "platform/system/errno.posix.hpp"
#include "platform/system/thread.hpp"

#include <progeny/base/errors.hpp>

#include <csignal>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// A pipe whose writing end only this process holds.
struct Sentinel {
  std::mutex mutex;
  Handle read_end;
  Handle write_end;
};

// Never destroyed: static destructors may ask for it.
Sentinel& sentinel_of_this_process() {
  static auto* const sentinel = new Sentinel;
  return *sentinel;
}

const progeny::detail::MadeEarly early(sentinel_of_this_process);

// In a copy made by fork(2), also a host's, the writing end would make the original look alive
// after its end. The reading end stays open: it is the copy's view of its parent.
void let_go_in_copy() noexcept {
  auto& sentinel = sentinel_of_this_process();
  static_cast<void>(sentinel.read_end.release());
  sentinel.write_end.reset();
  sentinel.mutex.unlock();
}

void watch_for_copies() {
  static const int result = ::pthread_atfork([] { sentinel_of_this_process().mutex.lock(); },
                                             [] { sentinel_of_this_process().mutex.unlock(); },
                                             let_go_in_copy);
  if (result != 0) {
    throw OSError({result, std::generic_category()}, "pthread_atfork");
  }
}

bool is_readable_now(native_handle sentinel) noexcept {
  pollfd entry{.fd = sentinel, .events = POLLIN, .revents = 0};
  return retry_interrupted([&] { return ::poll(&entry, 1, 0); }) > 0;
}

// What `hold_until_end` was given.
struct HeldHandles {
  std::mutex mutex;  ///< Guards what follows.
  std::vector<Handle> handles;

  void after_fork_in_child() noexcept { handles.clear(); }
};

// Where there is no /proc.
void die_with_by_thread(native_handle sentinel) {
  start_quiet_thread([sentinel] {
    pollfd entry{.fd = sentinel, .events = POLLIN, .revents = 0};
    if (retry_interrupted([&] { return ::poll(&entry, 1, -1); }) > 0) {
      ::kill(::getpid(), SIGKILL);
    }
  });
}

}  // namespace

void hold_until_end(Handle handle) {
  auto& held = PerProcess<HeldHandles>::get();
  const std::lock_guard lock(held.mutex);
  held.handles.push_back(std::move(handle));
}

native_handle own_sentinel() {
  watch_for_copies();
  auto& sentinel = sentinel_of_this_process();
  const std::lock_guard lock(sentinel.mutex);
  if (!sentinel.write_end) {
    auto pipe = make_pipe(PipeEnd::read);
    sentinel.read_end = std::move(pipe.read_end);
    sentinel.write_end = std::move(pipe.write_end);
  }
  return sentinel.read_end.get();
}

// Not PR_SET_PDEATHSIG, which goes off when the *thread* that made the child ends (prctl(2)). A
// pipe sends a signal when its last writer closes: SIGIO, or the one chosen by F_SETSIG (fcntl(2)).
// These settings belong to the open file, so the pipe is opened once more for this process alone.
void die_with(native_handle sentinel) {
  const auto path = "/proc/self/fd/" + std::to_string(sentinel);
  Handle own = own_new(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!own) {
    const int error = errno;
    const bool is_open = ::fcntl(sentinel, F_GETFD) != -1;
    if (error != ENOENT || !is_open) {
      throw OSError({error, std::generic_category()}, "open", path);
    }
    die_with_by_thread(sentinel);
    return;
  }
  checked(::fcntl(own.get(), F_SETOWN, ::getpid()), "fcntl");
  checked(::fcntl(own.get(), F_SETSIG, SIGKILL), "fcntl");
  checked(::fcntl(own.get(), F_SETFL, O_ASYNC | O_NONBLOCK), "fcntl");
  // The signal comes only for what happens from now on, so look once.
  if (is_readable_now(sentinel)) {
    ::raise(SIGKILL);
  }
  static_cast<void>(own.release());  // Closing it would take the settings back.
}

}  // namespace progeny::platform
