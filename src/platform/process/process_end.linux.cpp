#include "platform/process/process_end.hpp"

#include <cstdlib>
#include <new>

namespace progeny::platform {

// on_exit(3) rather than atexit(3), whose functions do not get the code.
void take_over_exit(void (*end)(int code)) {
  const int result =
      ::on_exit([](int code, void* function) { reinterpret_cast<void (*)(int)>(function)(code); },
                reinterpret_cast<void*>(end));
  if (result != 0) {
    throw std::bad_alloc();
  }
}

}  // namespace progeny::platform
