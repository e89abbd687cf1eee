// Functions between two ends in one process: what a token holds and what is refused.

#include <progeny/serial/function.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace serial = progeny::serial;

template <class Callable>
struct Run {
  static int call(serial::CodeAddress callee, int number) {
    return serial::callable_from<Callable>(callee)(number);
  }
};

template <class Callable>
serial::Function function_of(const Callable& callable) {
  return {.descriptor = &serial::descriptor_of<Run<Callable>>(),
          .callee = serial::callee_of(callable)};
}

int twice(int number) {
  return 2 * number;
}

int call(const serial::Function& function, int number) {
  return serial::entry_of<int(serial::CodeAddress, int)>(*function.descriptor)(function.callee,
                                                                               number);
}

TEST(FunctionToken, FindsTheFunctionThatItWasMadeOf) {
  const auto token = serial::token_of(function_of(&twice));
  const auto found = serial::find(serial::token_from_bytes(serial::to_bytes(token)));
  EXPECT_EQ(found.descriptor, function_of(&twice).descriptor);
  EXPECT_EQ(call(found, 4), 8);
}

TEST(FunctionToken, TravelsUnchanged) {
  const auto token = serial::token_of(function_of(&twice));
  EXPECT_EQ(serial::token_from_bytes(serial::to_bytes(token)), token);
}

TEST(FunctionToken, OfALambdaNeedsNoCallee) {
  const auto token = serial::token_of(function_of([](int number) { return number - 1; }));
  EXPECT_FALSE(token.callee.has_value());
  EXPECT_EQ(call(serial::find(token), 4), 3);
}

TEST(FunctionToken, IsNotMadeOfWhatIsInNoFile) {
  const serial::FunctionDescriptor on_the_stack;
  EXPECT_THROW(static_cast<void>(serial::token_of({.descriptor = &on_the_stack})),
               serial::FunctionNotFound);
}

TEST(TravellingCallable, IsAFunctionPointerOrHasNoMembers) {
  const auto with_capture = [number = 1](int other) { return number + other; };
  const auto without = [](int other) { return other; };
  EXPECT_TRUE(serial::TravellingCallable<int (*)(int)>);
  EXPECT_TRUE(serial::TravellingCallable<std::remove_const_t<decltype(without)>>);
  EXPECT_FALSE(serial::TravellingCallable<std::remove_const_t<decltype(with_capture)>>);
  EXPECT_FALSE(serial::TravellingCallable<int>);
}

TEST(FunctionEntry, IsRefusedAsAnotherType) {
  const auto& descriptor = *function_of(&twice).descriptor;
  EXPECT_THROW(static_cast<void>(serial::entry_of<int(serial::CodeAddress, long)>(descriptor)),
               progeny::UsageError);
}

TEST(FunctionRegistry, PutsTheNameIntoTheToken) {
  const auto function = function_of([](int number) { return number + 10; });
  serial::register_function("plus ten", function);
  auto token = serial::token_of(function);
  EXPECT_EQ(token.name, "plus ten");
  token.descriptor.identity = "another build";
  EXPECT_EQ(call(serial::find(token), 1), 11);
}

TEST(FunctionRegistry, RefusesAnotherTypeUnderTheName) {
  serial::register_function("a name", function_of([](int number) { return number; }));
  auto token = serial::token_of(function_of(&twice));
  token.name = "a name";
  token.descriptor.identity = "another build";
  EXPECT_THROW(static_cast<void>(serial::find(token)), serial::FunctionNotFound);
}

TEST(FunctionRegistry, RefusesTwoFunctionsOfOneName) {
  const auto first = function_of([](int number) { return number; });
  serial::register_function("taken", first);
  EXPECT_NO_THROW(serial::register_function("taken", first));
  EXPECT_THROW(serial::register_function("taken", function_of(&twice)), progeny::ValueError);
  EXPECT_THROW(serial::register_function("", first), progeny::ValueError);
}

TEST(FunctionRegistry, MayBeUsedByManyThreads) {
  std::atomic<int> found = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&found, thread] {
        for (int round = 0; round < 100; ++round) {
          const auto function = function_of(&twice);
          serial::register_function(std::to_string(1000 * thread + round), function);
          found += call(serial::find(serial::token_of(function)), 1) == 2 ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(found, 400);
}

}  // namespace
