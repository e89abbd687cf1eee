#include "support/system/own_pipe.hpp"

#include "support/system/utf8.windows.hpp"

#include <system_error>

namespace progeny::testing {

OwnPipe::OwnPipe() {
  HANDLE to_read = nullptr;
  HANDLE to_write = nullptr;
  if (::CreatePipe(&to_read, &to_write, nullptr, 0) == FALSE) {
    throw std::system_error(
        static_cast<int>(::GetLastError()), std::system_category(), "CreatePipe");
  }
  read_end = Handle(to_read);
  write_end = Handle(to_write);
}

std::string OwnPipe::read(std::size_t limit) const {
  std::string text(limit, '\0');
  DWORD count = 0;
  ::ReadFile(read_end.get(), text.data(), static_cast<DWORD>(text.size()), &count, nullptr);
  text.resize(count);
  return text;
}

}  // namespace progeny::testing
