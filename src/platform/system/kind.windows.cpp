#include "platform/system/kind.hpp"

namespace progeny::platform {

bool is_windows() noexcept {
  return true;
}

}  // namespace progeny::platform
