// An exception is thrown in two phases (Itanium C++ ABI, exception handling, 1.3). The first only
// looks for a handler, from the throwing function outwards, and while it looks nothing has been
// unwound yet. To learn whether a handler fits, the runtime asks the type_info that the handler
// names (`std::type_info::__do_catch` in libstdc++). So here a handler names a type whose type_info
// is an object of a class of ours: asked, it writes down the stack and answers no.
//
// Rejected: an own `__cxa_throw` in front of the library's, as every exception of the program would
// pay for it, and several such libraries in one program take it from each other.

#include "platform/program/stack_trace.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <typeinfo>

#include <cxxabi.h>
#include <dlfcn.h>
#include <unwind.h>

namespace progeny::platform {

/// Named by the handler, never thrown. Compilers emit the type_info of a class where its first
/// virtual function is defined, which is nowhere: they refer to a symbol, and it is defined below.
class ThrowWitness {  // NOLINT(cppcoreguidelines-virtual-class-destructor): there is none.
 public:
  ThrowWitness() = delete;
  virtual void never_defined() const;
};

namespace {

/// What the innermost `run_recording_stack` of this thread waits for.
struct Recording {
  RawStack& stack;
  std::uintptr_t limit;  // The frame of `run_recording_stack`; outer ones are at higher addresses.
  Recording* outer;
};

thread_local Recording* innermost = nullptr;

_Unwind_Reason_Code add_frame(_Unwind_Context* context, void* data) {
  const Recording& recording = *static_cast<Recording*>(data);
  if (::_Unwind_GetCFA(context) > recording.limit) {
    return _URC_END_OF_STACK;
  }
  int is_at_call = 0;
  const std::uintptr_t address = ::_Unwind_GetIPInfo(context, &is_at_call);
  RawStack& stack = recording.stack;
  if (stack.count < RawStack::capacity) {
    // A return address may belong to the next line, or to the next function.
    stack.addresses[stack.count++] = is_at_call != 0 ? address : address - 1;
  }
  ++stack.total;
  return _URC_NO_REASON;
}

class WitnessType : public std::type_info {
 public:
  WitnessType() noexcept : std::type_info("N7progeny8platform12ThrowWitnessE") {}

  // NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): libstdc++'s name.
  bool __do_catch(const std::type_info* /*thrown*/,
                  void** /*object*/,
                  unsigned /*outer*/) const override {
    if (innermost != nullptr) {
      innermost->stack.count = 0;
      innermost->stack.total = 0;
      ::_Unwind_Backtrace(&add_frame, innermost);
    }
    return false;
  }
};

}  // namespace

// The symbol of ThrowWitness's type_info. Memory that is filled before it is first needed, as
// objects with constructors may be used by other objects' constructors too early. Not of this file
// alone: clang then sees no connection between the two names.
// NOLINTNEXTLINE(misc-use-internal-linkage): see above.
alignas(WitnessType) unsigned char witness_type[sizeof(WitnessType)] __asm__(
    "_ZTIN7progeny8platform12ThrowWitnessE");

namespace {

void prepare_witness() {
  static const bool prepared = (new (witness_type) WitnessType, true);
  static_cast<void>(prepared);
}

class RecordingScope {
 public:
  RecordingScope(RawStack& stack, const void* frame) noexcept
      : recording_{
            .stack = stack, .limit = reinterpret_cast<std::uintptr_t>(frame), .outer = innermost} {
    innermost = &recording_;
  }
  RecordingScope(const RecordingScope&) = delete;
  RecordingScope& operator=(const RecordingScope&) = delete;
  ~RecordingScope() { innermost = recording_.outer; }

 private:
  Recording recording_;
};

bool starts_throw(std::uintptr_t address) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): what the unwinder gave.
  const void* const start = ::_Unwind_FindEnclosingFunction(reinterpret_cast<void*>(address));
  return start == reinterpret_cast<void*>(&abi::__cxa_throw) ||
         start == reinterpret_cast<void*>(&abi::__cxa_rethrow) ||
         start == reinterpret_cast<void*>(
                      static_cast<void (*)(std::exception_ptr)>(&std::rethrow_exception));
}

const void* module_at(std::uintptr_t address) noexcept {
  Dl_info info{};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): what the unwinder gave.
  return ::dladdr(reinterpret_cast<void*>(address), &info) != 0 ? info.dli_fbase : nullptr;
}

// How many of the innermost frames are the machinery of throwing. Sanitizers put functions of their
// own before `__cxa_throw`, so that its address is not that of the function on the stack: then what
// tells is the library that it comes from, if it is not linked into this one.
std::size_t machinery_of(const RawStack& stack) noexcept {
  constexpr std::size_t deepest = 16;
  const auto innermost_frames = stack.calls().first(std::min(stack.count, deepest));
  for (std::size_t count = innermost_frames.size(); count > 0; --count) {
    if (starts_throw(innermost_frames[count - 1])) {
      return count;
    }
  }
  const void* const runtime = module_at(reinterpret_cast<std::uintptr_t>(&std::terminate));
  if (runtime == module_at(reinterpret_cast<std::uintptr_t>(&machinery_of))) {
    return 0;
  }
  for (std::size_t count = innermost_frames.size(); count > 0; --count) {
    if (module_at(innermost_frames[count - 1]) == runtime) {
      return count;
    }
  }
  return 0;
}

// The innermost frames belong to the throwing, the outermost to `run_recording_stack`.
void trim(RawStack& stack) noexcept {
  if (stack.count == stack.total && stack.count > 0) {
    --stack.count;
  }
  const std::size_t machinery = std::min(machinery_of(stack), stack.count);
  std::copy(stack.addresses.begin() + static_cast<std::ptrdiff_t>(machinery),
            stack.addresses.begin() + static_cast<std::ptrdiff_t>(stack.count),
            stack.addresses.begin());
  stack.count -= machinery;
  stack.total -= std::min(stack.total, machinery + 1);
}

}  // namespace

// Not inlined, so that its frame ends what is recorded.
[[gnu::noinline]] std::exception_ptr run_recording_stack(void (*body)(void*),
                                                         void* context,
                                                         RawStack& stack) {
  prepare_witness();
  stack.count = 0;
  stack.total = 0;
  const RecordingScope scope(stack, __builtin_frame_address(0));
  try {
    body(context);
    return nullptr;
  } catch (const ThrowWitness&) {  // Never: it is here to be asked.
    return nullptr;
  } catch (const abi::__forced_unwind&) {
    throw;
  } catch (...) {
    std::exception_ptr error = std::current_exception();
    trim(stack);
    return error;
  }
}

}  // namespace progeny::platform
