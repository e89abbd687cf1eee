#include "platform/io/descriptor.hpp"

#include "platform/io/overlapped.windows.hpp"
#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

#include <cstdint>

#include <io.h>

namespace progeny::platform {

namespace {

DWORD access_of(OpenMode mode) noexcept {
  switch (mode) {
    case OpenMode::read:
      return GENERIC_READ;
    case OpenMode::write:
      return GENERIC_WRITE;
    case OpenMode::append:
      return FILE_APPEND_DATA | SYNCHRONIZE;
    case OpenMode::read_write:
      break;
  }
  return GENERIC_READ | GENERIC_WRITE;
}

DWORD disposition_of(OpenMode mode) noexcept {
  switch (mode) {
    case OpenMode::write:
      return CREATE_ALWAYS;
    case OpenMode::append:
      return OPEN_ALWAYS;
    default:
      return OPEN_EXISTING;
  }
}

IoResult read_plain(native_handle handle, std::span<char> space) noexcept {
  DWORD count = 0;
  if (::ReadFile(handle, space.data(), size_for_one_call(space.size()), &count, nullptr) == FALSE) {
    return failed_read(last_error());
  }
  return {.count = count};
}

IoResult write_plain(native_handle handle, std::string_view bytes) noexcept {
  DWORD count = 0;
  if (::WriteFile(handle, bytes.data(), size_for_one_call(bytes.size()), &count, nullptr) ==
      FALSE) {
    return failed_write(last_error());
  }
  return {.count = count};
}

bool is_pipe(native_handle handle) noexcept {
  return ::GetFileType(handle) == FILE_TYPE_PIPE;
}

}  // namespace

native_handle handle_of_descriptor(int descriptor) noexcept {
  const std::intptr_t handle = ::_get_osfhandle(descriptor);
  // -1: there is no such descriptor. -2: it has no file, as in a program without a console.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): _get_osfhandle returns the handle as a number.
  return handle == -1 || handle == -2 ? nullptr : reinterpret_cast<native_handle>(handle);
}

native_handle handle_of_file(std::FILE* file) noexcept {
  return handle_of_descriptor(::_fileno(file));
}

native_handle standard_stream(int number) noexcept {
  constexpr DWORD names[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  HANDLE handle = ::GetStdHandle(names[number]);
  return handle == INVALID_HANDLE_VALUE ? nullptr : handle;
}

bool is_open(native_handle handle) noexcept {
  DWORD flags = 0;
  return handle != INVALID_HANDLE_VALUE && ::GetHandleInformation(handle, &flags) != FALSE;
}

long long number_of(native_handle handle) noexcept {
  return static_cast<long long>(reinterpret_cast<std::intptr_t>(handle));
}

Handle open_file(const std::string& path, OpenMode mode) {
  constexpr DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  HANDLE handle = ::CreateFileW(widen(path).c_str(),
                                access_of(mode),
                                shared,
                                nullptr,
                                disposition_of(mode),
                                FILE_ATTRIBUTE_NORMAL,
                                nullptr);
  if (handle == INVALID_HANDLE_VALUE) {
    throw OSError(last_error(), "open", path);
  }
  return Handle(handle);
}

Handle open_null_device() {
  return open_file("NUL", OpenMode::read_write);
}

IoResult read_some(native_handle handle, std::span<char> space) noexcept {
  if (!is_pipe(handle)) {
    return read_plain(handle, space);
  }
  for (;;) {
    OverlappedRead reading;
    const IoResult result = reading.start(handle, space) ? reading.wait() : reading.result();
    // A write of no bytes into a pipe ends a read with no bytes, and is not the end.
    if (result.count != 0 || result.error || reading.is_at_end()) {
      return result;
    }
  }
}

IoResult write_some(native_handle handle, std::string_view bytes) noexcept {
  if (!is_pipe(handle)) {
    return write_plain(handle, bytes);
  }
  OverlappedWrite writing;
  return writing.start(handle, bytes) ? writing.wait() : writing.result();
}

// A write that does not fit is cancelled, as the reader must not take its bytes later from memory
// that is gone. How much was read meanwhile is then unknown. That does not matter to the callers,
// which close the pipe next.
IoResult try_write(native_handle handle, std::string_view bytes) noexcept {
  OverlappedWrite writing;
  if (writing.start(handle, bytes)) {
    writing.cancel();
    return {.error = std::make_error_code(std::errc::operation_would_block)};
  }
  return writing.result();
}

}  // namespace progeny::platform
