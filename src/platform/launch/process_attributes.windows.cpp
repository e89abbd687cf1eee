#include "platform/launch/process_attributes.windows.hpp"

#include <progeny/base/errors.hpp>

namespace progeny::platform {

namespace {

constexpr DWORD capacity = 3;

}  // namespace

ProcessAttributes::ProcessAttributes() {
  SIZE_T size = 0;
  ::InitializeProcThreadAttributeList(nullptr, capacity, 0, &size);
  memory_ = std::make_unique<std::byte[]>(size);
  if (::InitializeProcThreadAttributeList(get(), capacity, 0, &size) == FALSE) {
    throw OSError(last_error(), "InitializeProcThreadAttributeList");
  }
}

ProcessAttributes::~ProcessAttributes() {
  ::DeleteProcThreadAttributeList(get());
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the list.
void ProcessAttributes::set(DWORD_PTR attribute, void* value, std::size_t size) {
  if (::UpdateProcThreadAttribute(get(), 0, attribute, value, size, nullptr, nullptr) == FALSE) {
    throw OSError(last_error(), "UpdateProcThreadAttribute");
  }
}

LPPROC_THREAD_ATTRIBUTE_LIST ProcessAttributes::get() const noexcept {
  return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.get());
}

}  // namespace progeny::platform
