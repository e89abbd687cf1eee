#include <progeny/base/handle.hpp>

#include "platform/system/win32.windows.hpp"

namespace progeny {

void Handle::close(native_handle handle) noexcept {
  ::CloseHandle(handle);
}

}  // namespace progeny
