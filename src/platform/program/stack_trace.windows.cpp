#include "platform/program/stack_trace.hpp"

namespace progeny::platform {

// Without the stack: here the handlers are asked by the system's own unwinder.
std::exception_ptr run_recording_stack(void (*body)(void*), void* context, RawStack& stack) {
  stack.count = 0;
  stack.total = 0;
  try {
    body(context);
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace progeny::platform
