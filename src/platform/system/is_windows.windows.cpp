#include "platform/system/is_windows.hpp"

namespace progeny::platform {

bool is_windows() noexcept {
  return true;
}

}  // namespace progeny::platform
