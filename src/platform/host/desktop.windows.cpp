#include "platform/host/desktop.hpp"

#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

#include <shellapi.h>

namespace progeny::platform {

bool open_by_system(const std::string& document) {
  const std::wstring name = widen(document);
  SHELLEXECUTEINFOW request{};
  request.cbSize = sizeof request;
  // Without a message box of the system's. NOASYNC: this thread has no message loop, which a call
  // that goes on in the background would need.
  request.fMask = SEE_MASK_FLAG_NO_UI | SEE_MASK_NOASYNC;
  request.lpFile = name.c_str();
  request.nShow = SW_SHOWNORMAL;
  if (::ShellExecuteExW(&request) == FALSE) {
    throw OSError(last_error(), "startfile", document);
  }
  return true;
}

std::vector<std::string> document_opener() {
  return {};
}

std::string document_opener_error(std::int64_t /*returncode*/) {
  return {};
}

}  // namespace progeny::platform
