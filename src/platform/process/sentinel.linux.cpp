#include "platform/process/sentinel.hpp"

#include "base/made_early.hpp"
#include "platform/io/descriptor.posix.hpp"
#include "platform/io/pipe.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <csignal>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

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

}  // namespace

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
  Handle own = new_handle(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC), "open", path);
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
