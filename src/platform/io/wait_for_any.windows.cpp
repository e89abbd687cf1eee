#include "platform/io/wait_for_any.windows.hpp"

#include <progeny/base/errors.hpp>

#include <chrono>

namespace progeny::platform {

namespace {

// Rounded up, as a wait that ends a fraction of a millisecond early would be repeated at once. At
// most a day, as the system's counter holds 49 days; the caller repeats the wait.
DWORD milliseconds_left(const detail::Deadline& deadline) noexcept {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  constexpr milliseconds longest = std::chrono::hours(24);
  if (deadline.remaining() >= longest) {
    return static_cast<DWORD>(longest.count());
  }
  return static_cast<DWORD>(ceil<milliseconds>(deadline.remaining()).count());
}

}  // namespace

std::optional<std::size_t> wait_for_any(std::span<const HANDLE> handles,
                                        const detail::Deadline& deadline) {
  for (;;) {
    const DWORD limit = milliseconds_left(deadline);
    const auto count = static_cast<DWORD>(handles.size());
    if (count == 0) {
      ::Sleep(limit);
    }
    const DWORD result =
        count == 0 ? WAIT_TIMEOUT : ::WaitForMultipleObjects(count, handles.data(), FALSE, limit);
    if (result < WAIT_OBJECT_0 + count) {
      return result - WAIT_OBJECT_0;
    }
    if (result == WAIT_FAILED) {
      throw OSError(last_error(), "WaitForMultipleObjects");
    }
    if (deadline.expired()) {
      return std::nullopt;
    }
  }
}

}  // namespace progeny::platform
