#pragma once

// What every `.posix.cpp` and `.linux.cpp` file needs around a system call.

#include <progeny/base/errors.hpp>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace progeny::platform {

/// Puts `errno` back as it was: the library leaves no trace in its host's.
class ErrnoKeeper {
 public:
  ErrnoKeeper() noexcept : value_(errno) {}
  ErrnoKeeper(const ErrnoKeeper&) = delete;
  ErrnoKeeper& operator=(const ErrnoKeeper&) = delete;
  ~ErrnoKeeper() { errno = value_; }

 private:
  int value_;
};

/// The code of the call that has just failed.
[[nodiscard]] inline std::error_code last_error() noexcept {
  return {errno, std::generic_category()};
}

/// Calls until the call is not interrupted by a signal handler of the host.
template <class Call>
auto retry_interrupted(Call call) noexcept {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) {
      return result;
    }
  }
}

[[noreturn]] inline void throw_errno(std::string_view call) {
  throw OSError(last_error(), call);
}

[[noreturn]] inline void throw_errno(std::string_view call, std::string_view path) {
  throw OSError(last_error(), call, path);
}

/// Passes on the result of a call, or throws what it left in `errno`.
template <class Result>
Result checked(Result result, std::string_view call) {
  if (result == -1) {
    throw_errno(call);
  }
  return result;
}

}  // namespace progeny::platform
