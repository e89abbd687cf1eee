#include "platform/desktop.hpp"

#include "platform/win32.windows.hpp"

#include <progeny/base/errors.hpp>

#include <cstdint>

#include <shellapi.h>

namespace progeny::platform {

bool open_by_system(const std::string& document) {
  // What it gives is no handle; it says so since 16 bits.
  constexpr std::intptr_t last_failure = 32;
  const HINSTANCE result =
      ::ShellExecuteW(nullptr, nullptr, widen(document).c_str(), nullptr, nullptr, SW_SHOWNORMAL);
  if (reinterpret_cast<std::intptr_t>(result) <= last_failure) {
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

int processor_count() noexcept {
  return static_cast<int>(::GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
}

}  // namespace progeny::platform
