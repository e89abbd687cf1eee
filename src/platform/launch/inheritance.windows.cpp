#include "platform/launch/inheritance.windows.hpp"

#include "platform/io/descriptor.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <cstddef>

namespace progeny::platform {

namespace {

// Not std::shared_mutex: mingw-w64's can fail if several threads use it for the first time at once.
SRWLOCK launches = SRWLOCK_INIT;

bool wants_streams(const LaunchRequest& request) noexcept {
  const bool redirected =
      std::ranges::any_of(request.streams, [](native_handle stream) { return stream != nullptr; });
  return redirected || (request.windows.startup_flags & STARTF_USESTDHANDLES) != 0;
}

bool wants_all(const LaunchRequest& request) noexcept {
  return !request.close_others && request.windows.inherited.empty();
}

native_handle stream_of(const LaunchRequest& request, std::size_t number) noexcept {
  if (request.streams[number] != nullptr) {
    return request.streams[number];
  }
  if ((request.windows.startup_flags & STARTF_USESTDHANDLES) != 0 &&
      request.windows.startup_streams[number] != nullptr) {
    return request.windows.startup_streams[number];
  }
  return standard_stream(static_cast<int>(number));
}

Handle inheritable_duplicate(native_handle handle) {
  HANDLE duplicate = nullptr;
  HANDLE self = ::GetCurrentProcess();
  if (::DuplicateHandle(self, handle, self, &duplicate, 0, TRUE, DUPLICATE_SAME_ACCESS) == FALSE) {
    throw OSError(last_error(), "DuplicateHandle");
  }
  return Handle(duplicate);
}

// A stream for a child whose parent has none, as in a program without a console. Reading it meets
// the end at once; writing to it fails.
Handle dead_pipe_end(std::size_t number) {
  SECURITY_ATTRIBUTES inheritable{
      .nLength = sizeof inheritable, .lpSecurityDescriptor = nullptr, .bInheritHandle = TRUE};
  HANDLE read_end = nullptr;
  HANDLE write_end = nullptr;
  if (::CreatePipe(&read_end, &write_end, &inheritable, 0) == FALSE) {
    throw OSError(last_error(), "pipe");
  }
  const Handle unused(number == 0 ? write_end : read_end);
  return Handle(number == 0 ? read_end : write_end);
}

}  // namespace

LaunchLock::LaunchLock(bool alone) noexcept : alone_(alone) {
  if (alone_) {
    ::AcquireSRWLockExclusive(&launches);
  } else {
    ::AcquireSRWLockShared(&launches);
  }
}

LaunchLock::~LaunchLock() {
  if (alone_) {
    ::ReleaseSRWLockExclusive(&launches);
  } else {
    ::ReleaseSRWLockShared(&launches);
  }
}

Inheritance::Inheritance(const LaunchRequest& request)
    : has_streams_(wants_streams(request)),
      inherits_all_(wants_all(request)),
      lock_(inherits_all_) {
  if (has_streams_) {
    duplicate_streams(request);
  }
  if (!inherits_all_) {
    make_list(request);
  }
}

void Inheritance::duplicate_streams(const LaunchRequest& request) {
  for (std::size_t number = 0; number < streams_.size(); ++number) {
    native_handle stream = stream_of(request, number);
    duplicates_.push_back(stream == nullptr ? dead_pipe_end(number)
                                            : inheritable_duplicate(stream));
    streams_[number] = duplicates_.back().get();
  }
}

// Without repetitions: the system refuses a list with any.
void Inheritance::make_list(const LaunchRequest& request) {
  list_ = request.windows.inherited;
  for (const Handle& duplicate : duplicates_) {
    list_.push_back(duplicate.get());
  }
  std::ranges::sort(list_);
  const auto repeated = std::ranges::unique(list_);
  list_.erase(repeated.begin(), repeated.end());
}

}  // namespace progeny::platform
