#include "platform/program/stack_left.hpp"

#include "platform/system/errno.posix.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>

#include <pthread.h>

namespace progeny::platform {

namespace {

// Both are 0 if they are not known.
struct Stack {
  std::uintptr_t lowest = 0;  // Above the guard page.
  std::uintptr_t end = 0;
};

// pthread_getattr_np(3), of glibc and musl. For the main thread it reads /proc/self/maps and the
// limit of the stack.
Stack find_stack() noexcept {
  const ErrnoKeeper keeper;
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) {
    return {};
  }
  void* lowest = nullptr;
  std::size_t size = 0;
  std::size_t guard = 0;
  const bool is_known = ::pthread_attr_getstack(&attributes, &lowest, &size) == 0 &&
                        ::pthread_attr_getguardsize(&attributes, &guard) == 0 && guard < size;
  ::pthread_attr_destroy(&attributes);
  if (!is_known) {
    return {};
  }
  const auto begin = reinterpret_cast<std::uintptr_t>(lowest);
  return {.lowest = begin + guard, .end = begin + size};
}

}  // namespace

std::size_t stack_left() noexcept {
  thread_local const Stack stack = find_stack();
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const bool is_inside = stack.lowest <= here && here < stack.end;
  return is_inside ? here - stack.lowest : std::numeric_limits<std::size_t>::max();
}

}  // namespace progeny::platform
