#include "platform/system/kind.hpp"

namespace progeny::platform {

bool is_windows() noexcept {
  return false;
}

}  // namespace progeny::platform
