#pragma once

// errno around a system call: keeping it, reading it, and turning it into an exception. POSIX only.

#include <progeny/base/errors.hpp>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace progeny::platform {

/// Restores `errno` at the end of its scope: a call of the library leaves the host's as it was.
class ErrnoKeeper {
 public:
  ErrnoKeeper() noexcept : value_(errno) {}
  ErrnoKeeper(const ErrnoKeeper&) = delete;
  ErrnoKeeper& operator=(const ErrnoKeeper&) = delete;
  ~ErrnoKeeper() { errno = value_; }

 private:
  int value_;
};

/// The error of the call that has just failed.
[[nodiscard]] inline std::error_code last_error() noexcept {
  return {errno, std::generic_category()};
}

/// Whether an old kernel or a sandbox may have refused a call that ended with `error`: seccomp
/// profiles answer EPERM, EACCES, ENOSYS or EINVAL. The error may also be about what was asked; so
/// what stands in for the call must report that, too.
[[nodiscard]] constexpr bool may_be_refused(int error) noexcept {
  return error == EPERM || error == EACCES || error == ENOSYS || error == EINVAL;
}

/// Repeats `call` for as long as a signal handler of the host interrupts it: -1 with EINTR.
template <class Call>
auto retry_interrupted(Call call) noexcept {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) {
      return result;
    }
  }
}

/// Throws OSError for the call that has just failed.
[[noreturn]] inline void throw_errno(std::string_view call) {
  throw OSError(last_error(), call);
}

/// The same for a call that was about a file.
[[noreturn]] inline void throw_errno(std::string_view call, std::string_view path) {
  throw OSError(last_error(), call, path);
}

/// Returns `result`, or throws OSError if it is -1.
template <class Result>
Result checked(Result result, std::string_view call) {
  if (result == -1) {
    throw_errno(call);
  }
  return result;
}

}  // namespace progeny::platform
