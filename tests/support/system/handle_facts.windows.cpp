#include "support/system/handle_facts.hpp"

#include "support/system/utf8.windows.hpp"

#include <io.h>

namespace progeny::testing {

bool is_open(native_handle handle) {
  DWORD flags = 0;
  return ::GetHandleInformation(handle, &flags) != FALSE;
}

bool is_open(std::FILE* file) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the C runtime has it so.
  return is_open(reinterpret_cast<native_handle>(::_get_osfhandle(::_fileno(file))));
}

bool is_close_on_exec(native_handle handle) {
  DWORD flags = HANDLE_FLAG_INHERIT;
  ::GetHandleInformation(handle, &flags);
  return (flags & HANDLE_FLAG_INHERIT) == 0;
}

}  // namespace progeny::testing
