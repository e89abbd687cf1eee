#include "platform/io/event.hpp"

#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

namespace progeny::platform {

Event::Event() : handle_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
  if (!handle_) {
    throw OSError(last_error(), "CreateEvent");
  }
}

void Event::set() noexcept {
  ::SetEvent(handle_.get());
}

void Event::clear() noexcept {
  ::ResetEvent(handle_.get());
}

}  // namespace progeny::platform
