#include "support/system/memory_file.hpp"

#include "support/system/utf8.windows.hpp"

#include <array>
#include <cstdint>
#include <system_error>

#include <fcntl.h>
#include <io.h>

namespace progeny::testing {

namespace {

[[noreturn]] void fail(const char* call) {
  throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), call);
}

// A new file that the system removes when its last handle is closed.
HANDLE make_file() {
  std::array<wchar_t, MAX_PATH + 1> folder{};
  std::array<wchar_t, MAX_PATH + 1> name{};
  ::GetTempPathW(static_cast<DWORD>(folder.size()), folder.data());
  if (::GetTempFileNameW(folder.data(), L"prg", 0, name.data()) == 0) {
    fail("GetTempFileName");
  }
  HANDLE file = ::CreateFileW(name.data(),
                              GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              nullptr,
                              CREATE_ALWAYS,
                              FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE,
                              nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    fail("CreateFile");
  }
  return file;
}

}  // namespace

MemoryFile::MemoryFile(std::string_view text)
    : handle_(make_file()),
      descriptor_(::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle_.get()),
                                    _O_RDWR | _O_BINARY | _O_NOINHERIT)) {
  DWORD count = 0;
  if (::WriteFile(handle_.get(), text.data(), static_cast<DWORD>(text.size()), &count, nullptr) ==
      FALSE) {
    fail("WriteFile");
  }
  seek(0);
}

// The descriptor has taken over the handle.
MemoryFile::~MemoryFile() {
  if (handle_) {
    static_cast<void>(handle_.release());
    ::_close(descriptor_);
  }
}

File MemoryFile::stream() const {
  return File(::_fdopen(::_dup(descriptor_), "r+b"));
}

long MemoryFile::offset() const {
  return static_cast<long>(::SetFilePointer(handle_.get(), 0, nullptr, FILE_CURRENT));
}

void MemoryFile::seek(long offset) const {
  ::SetFilePointer(handle_.get(), offset, nullptr, FILE_BEGIN);
}

std::string MemoryFile::contents() const {
  const long before = offset();
  seek(0);
  std::string text;
  std::array<char, 4096> block{};
  DWORD count = 0;
  while (::ReadFile(handle_.get(), block.data(), block.size(), &count, nullptr) != FALSE &&
         count > 0) {
    text.append(block.data(), count);
  }
  seek(before);
  return text;
}

}  // namespace progeny::testing
