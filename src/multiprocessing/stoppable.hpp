#pragma once

// Waits that a std::stop_token can end. Every wait of multiprocessing that takes one is made so:
//
//     return stoppable("get", stop, timeout, [&](const Deadline& deadline) {
//       ... wait until `deadline`, and throw or return as after a timeout ...
//     });

#include "base/deadline.hpp"
#include "platform/io/cancellation.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <fmt/core.h>

#include <concepts>
#include <stop_token>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace progeny::multiprocessing::detail {

/// Throws CancelledError if `deadline` was asked to stop. To be called where a wait has ended
/// without what it waited for.
inline void throw_if_stopped(const progeny::detail::Deadline& deadline, std::string_view call) {
  if (deadline.is_stopped()) {
    throw CancelledError(fmt::format("{} was stopped by its std::stop_token", call));
  }
}

/// Calls `wait` with the deadline that `timeout` and `stop` make together, and returns its result.
/// OSError `timed_out` becomes CancelledError if a stop was requested; so does `false` or an empty
/// optional. Costs nothing for a token that can never ask for a stop.
template <class Wait>
auto stoppable(std::string_view call,
               const std::stop_token& stop,
               const Timeout& timeout,
               const Wait& wait) {
  using progeny::detail::Deadline;
  if (!stop.stop_possible()) {
    return wait(Deadline(timeout));
  }
  const platform::Cancellation cancellation(stop);
  const Deadline deadline = cancellation.limit(Deadline(timeout));
  using Result = std::invoke_result_t<const Wait&, const Deadline&>;
  try {
    if constexpr (std::same_as<Result, bool> ||
                  (std::is_class_v<Result> && std::constructible_from<bool, Result>)) {
      auto result = wait(deadline);
      if (!result) {
        throw_if_stopped(deadline, call);
      }
      return result;
    } else {
      return wait(deadline);
    }
  } catch (const OSError& error) {
    if (error.code() == std::errc::timed_out) {
      throw_if_stopped(deadline, call);
    }
    throw;
  }
}

}  // namespace progeny::multiprocessing::detail
