#pragma once

// What happens when no descriptor is free.

#include "support/children/process_copy.posix.hpp"

#include <progeny/base/errors.hpp>

#include <functional>
#include <string_view>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace progeny::testing {

/// How a call ends in a copy of this process.
enum class TableVerdict : int {
  as_promised = 0,  ///< It threw OSError with `too_many_files_open`.
  threw_nothing = 1,
  other_code = 2,
  other_call = 3,
};

/// Leaves this process `free` descriptors. For a copy.
inline void leave_descriptors(unsigned free) {
  // Above the standard streams: duplicates are asked for from there on, and a limit below is
  // another error.
  constexpr int few = 16;
  int next = ::dup(STDERR_FILENO);
  while (next < few) {
    next = ::dup(STDERR_FILENO);
  }
  ::close(next);
  const auto limit = static_cast<rlim_t>(next) + free;
  const rlimit limits{.rlim_cur = limit, .rlim_max = limit};
  ::setrlimit(RLIMIT_NOFILE, &limits);
}

/// Whether `body` throws the OSError `call` in a copy of this process that has `free` descriptors.
[[nodiscard]] inline TableVerdict verdict_with_full_table(std::string_view call,
                                                          const std::function<void()>& body,
                                                          unsigned free = 0) {
  return static_cast<TableVerdict>(verdict_of_copy([&] {
    leave_descriptors(free);
    auto verdict = TableVerdict::threw_nothing;
    try {
      body();
    } catch (const OSError& error) {
      const bool right = error.code() == std::errc::too_many_files_open;
      verdict = !right
                    ? TableVerdict::other_code
                    : (error.call() == call ? TableVerdict::as_promised : TableVerdict::other_call);
    }
    return static_cast<int>(verdict);
  }));
}

}  // namespace progeny::testing
