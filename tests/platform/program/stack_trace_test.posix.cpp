#include "platform/program/stack_trace.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <vector>

#include <unwind.h>

namespace progeny::platform {

namespace {

using Function = const void*;

// The functions that the recorded addresses lie in, as the tables for unwinding have it.
std::vector<Function> functions_of(const RawStack& stack) {
  std::vector<Function> functions;
  for (const std::uintptr_t address : stack.calls()) {
    functions.push_back(::_Unwind_FindEnclosingFunction(reinterpret_cast<void*>(address)));
  }
  return functions;
}

template <class Called>
Function as_function(Called* called) {
  return reinterpret_cast<Function>(called);
}

// What keeps the compiler from making one function of several, or a jump of a call.
volatile int calls = 0;

[[gnu::noinline]] void throw_it(void* /*context*/) {
  calls = calls + 1;
  throw std::runtime_error("thrown");
}

[[gnu::noinline]] void call_the_thrower(void* context) {
  throw_it(context);
  calls = calls + 1;
}

[[gnu::noinline]] void throw_again(void* context) {
  try {
    call_the_thrower(context);
  } catch (const std::runtime_error&) {
    throw;
  }
}

[[gnu::noinline]] void throw_later(void* context) {
  std::exception_ptr error;
  try {
    call_the_thrower(context);
  } catch (...) {
    error = std::current_exception();
  }
  std::rethrow_exception(error);
}

[[gnu::noinline]] void catch_it(void* context) {
  try {
    call_the_thrower(context);
  } catch (const std::runtime_error&) {
    calls = calls + 1;
  }
}

[[gnu::noinline]] void throw_from_depth(void* context) {
  int& depth = *static_cast<int*>(context);
  if (--depth == 0) {
    throw_it(nullptr);
  } else {
    throw_from_depth(context);
  }
  calls = calls + 1;
}

RawStack stack_of(void (*body)(void*), void* context = nullptr) {
  RawStack stack;
  EXPECT_THROW(std::rethrow_exception(run_recording_stack(body, context, stack)),
               std::runtime_error);
  return stack;
}

TEST(RunRecordingStack, OfABodyThatThrowsNothingIsNothing) {
  RawStack stack{.count = 5, .total = 5};
  int context = 0;
  const auto error =
      run_recording_stack([](void* given) { ++*static_cast<int*>(given); }, &context, stack);
  EXPECT_EQ(error, nullptr);
  EXPECT_EQ(context, 1);
  EXPECT_EQ(stack.count, 0U);
  EXPECT_EQ(stack.total, 0U);
}

TEST(RunRecordingStack, RecordsFromTheThrowerToTheBody) {
  const RawStack stack = stack_of(call_the_thrower);
  EXPECT_EQ(functions_of(stack),
            (std::vector<Function>{as_function(&throw_it), as_function(&call_the_thrower)}));
  EXPECT_EQ(stack.total, stack.count);
}

TEST(RunRecordingStack, RecordsTheLastThrow) {
  EXPECT_EQ(functions_of(stack_of(throw_again)), std::vector<Function>{as_function(&throw_again)});
  EXPECT_EQ(functions_of(stack_of(throw_later)), std::vector<Function>{as_function(&throw_later)});
}

TEST(RunRecordingStack, DoesNotSeeWhatTheBodyCatches) {
  RawStack stack;
  EXPECT_EQ(run_recording_stack(catch_it, nullptr, stack), nullptr);
}

TEST(RunRecordingStack, KeepsTheInnermostOfTooMany) {
  int depth = 500;
  const RawStack stack = stack_of(throw_from_depth, &depth);
  EXPECT_EQ(stack.total, 501U);
  const auto functions = functions_of(stack);
  ASSERT_GT(functions.size(), 100U);
  EXPECT_LE(functions.size(), RawStack::capacity);
  EXPECT_EQ(functions.front(), as_function(&throw_it));
  EXPECT_EQ(functions[1], as_function(&throw_from_depth));
  EXPECT_EQ(functions.back(), as_function(&throw_from_depth));
}

[[gnu::noinline]] void record_inside(void* context) {
  RawStack& inner = *static_cast<RawStack*>(context);
  std::rethrow_exception(run_recording_stack(call_the_thrower, nullptr, inner));
}

TEST(RunRecordingStack, CanBeNested) {
  RawStack inner;
  const RawStack outer = stack_of(record_inside, &inner);
  EXPECT_EQ(functions_of(inner).front(), as_function(&throw_it));
  EXPECT_EQ(inner.count, 2U);
  EXPECT_EQ(functions_of(outer), std::vector<Function>{as_function(&record_inside)});
}

[[gnu::noinline]] void throw_a_number(void* /*context*/) {
  calls = calls + 1;
  throw 5;
}

TEST(RunRecordingStack, TakesAnyException) {
  RawStack stack;
  const auto error = run_recording_stack(throw_a_number, nullptr, stack);
  EXPECT_THROW(std::rethrow_exception(error), int);
  EXPECT_EQ(functions_of(stack), std::vector<Function>{as_function(&throw_a_number)});
}

}  // namespace

}  // namespace progeny::platform
