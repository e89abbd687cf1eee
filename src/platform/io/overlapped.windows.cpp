#include "platform/io/overlapped.windows.hpp"

#include <system_error>

namespace progeny::platform {

IoResult failed_read(const std::error_code& error) noexcept {
  if (error.value() == ERROR_BROKEN_PIPE || error.value() == ERROR_HANDLE_EOF ||
      error.value() == ERROR_PIPE_NOT_CONNECTED) {
    return {};
  }
  return {.error = error};
}

IoResult failed_write(const std::error_code& error) noexcept {
  if (error.value() == ERROR_NO_DATA || error.value() == ERROR_PIPE_NOT_CONNECTED) {
    return {.error = std::error_code(ERROR_BROKEN_PIPE, std::system_category())};
  }
  return {.error = error};
}

Overlapped::Overlapped() noexcept : event_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}

OVERLAPPED* Overlapped::prepare() noexcept {
  cancel();
  at_end_ = false;
  result_ = {};
  state_ = {};
  state_.hEvent = event_.get();
  return &state_;
}

// Three outcomes: pending, failed at once, or done at once. The last two leave nothing under way.
bool Overlapped::begun(native_handle handle, BOOL finished, bool reading) noexcept {
  reading_ = reading;
  handle_ = handle;
  if (finished == FALSE && ::GetLastError() == ERROR_IO_PENDING) {
    return true;
  }
  if (finished == FALSE) {
    handle_ = nullptr;
    result_ = reading ? failed_read(last_error()) : failed_write(last_error());
    at_end_ = reading && !result_.error;
    return false;
  }
  finish(reading);
  return false;
}

void Overlapped::finish(bool reading) noexcept {
  DWORD count = 0;
  if (::GetOverlappedResult(handle_, &state_, &count, TRUE) != FALSE) {
    result_ = {.count = count};
  } else {
    result_ = reading ? failed_read(last_error()) : failed_write(last_error());
    at_end_ = reading && !result_.error;
  }
  handle_ = nullptr;
}

IoResult Overlapped::wait() noexcept {
  if (is_under_way()) {
    finish(reading_);
  }
  return result_;
}

// CancelIoEx may come too late. Then the operation has done its work, and its result counts.
void Overlapped::cancel() noexcept {
  if (is_under_way()) {
    ::CancelIoEx(handle_, &state_);
    finish(reading_);
  }
}

bool OverlappedRead::start(native_handle handle, std::span<char> space) noexcept {
  OVERLAPPED* const state = prepare();
  const BOOL finished =
      ::ReadFile(handle, space.data(), size_for_one_call(space.size()), nullptr, state);
  return begun(handle, finished, true);
}

bool OverlappedWrite::start(native_handle handle, std::string_view bytes) noexcept {
  OVERLAPPED* const state = prepare();
  const BOOL finished =
      ::WriteFile(handle, bytes.data(), size_for_one_call(bytes.size()), nullptr, state);
  return begun(handle, finished, false);
}

}  // namespace progeny::platform
