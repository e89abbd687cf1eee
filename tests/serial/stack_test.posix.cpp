// Where an exception was thrown, as the process that gets it sees it.

#include "support/system/process_facts.hpp"

#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/stack_trace.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace serial = progeny::serial;

std::atomic<int> calls = 0;

// Calls in the tests' functions are followed by something, so that they are not replaced by jumps.
[[gnu::noinline]] void thrower_of_the_test() {
  // The compiler is not to know that this never returns.
  if (++calls != 0) {
    throw std::out_of_range("thrown");
  }
}

[[gnu::noinline]] void middle_of_the_test() {
  thrower_of_the_test();
  ++calls;
}

[[gnu::noinline]] void cleaner_of_the_test() {
  const std::vector<int> unwound(3);
  middle_of_the_test();
  calls += static_cast<int>(unwound.size());
}

[[gnu::noinline]] void catcher_of_the_test() {
  try {
    thrower_of_the_test();
  } catch (...) {
    ++calls;
    throw;
  }
}

[[gnu::noinline]] void deep_of_the_test(int depth) {
  if (depth == 0) {
    thrower_of_the_test();
  } else {
    deep_of_the_test(depth - 1);
  }
  ++calls;
}

std::size_t line_of(const std::string& text, const std::string& part) {
  return text.find(part);
}

// MP-242
TEST(StackOfAThrow, NamesTheFunctionThatThrewLast) {
  const auto failure = serial::run_and_capture(&cleaner_of_the_test);
  ASSERT_TRUE(failure.has_value());
  const std::string text = failure->stack.str();
  const auto outer = line_of(text, "cleaner_of_the_test()");
  const auto middle = line_of(text, "middle_of_the_test()");
  const auto inner = line_of(text, "thrower_of_the_test()");
  ASSERT_NE(inner, std::string::npos) << text;
  EXPECT_LT(outer, middle) << text;
  EXPECT_LT(middle, inner) << text;
  EXPECT_EQ(text.find('\n', inner), text.size() - 1) << text;
}

TEST(StackOfAThrow, NamesFileAndLineWhereTheProgramHasThem) {
  const auto failure = serial::run_and_capture(&cleaner_of_the_test);
  EXPECT_NE(failure->stack.str().find("stack_test.posix.cpp:"), std::string::npos)
      << failure->stack.str();
}

TEST(StackOfAThrow, HoldsNothingOfTheThrowingNorOfTheCaller) {
  const std::string text = serial::run_and_capture(&cleaner_of_the_test)->stack.str();
  EXPECT_EQ(text.find("__cxa_throw"), std::string::npos) << text;
  EXPECT_EQ(text.find("Unwind"), std::string::npos) << text;
  EXPECT_EQ(text.find("run_recording_stack"), std::string::npos) << text;
  EXPECT_EQ(text.find(" main ("), std::string::npos) << text;
}

TEST(StackOfAThrow, OfAnExceptionThrownAgainIsThePlaceOfTheLastThrow) {
  const std::string text = serial::run_and_capture(&catcher_of_the_test)->stack.str();
  EXPECT_NE(text.find("catcher_of_the_test()"), std::string::npos) << text;
  EXPECT_EQ(text.find("thrower_of_the_test()"), std::string::npos) << text;
}

TEST(StackOfAThrow, IsNothingForWhatIsCaughtInside) {
  const auto failure = serial::run_and_capture([] {
    try {
      thrower_of_the_test();
    } catch (const std::out_of_range&) {
      ++calls;
    }
  });
  EXPECT_FALSE(failure.has_value());
}

TEST(StackOfAThrow, KeepsTheInnermostOfTooManyCalls) {
  const auto failure = serial::run_and_capture([] { deep_of_the_test(500); });
  const std::string text = failure->stack.str();
  EXPECT_GT(failure->stack.omitted(), 300U);
  EXPECT_NE(text.find("calls are left out here"), std::string::npos) << text;
  EXPECT_NE(text.find("thrower_of_the_test()"), std::string::npos) << text;
}

TEST(StackOfAThrow, BelongsToTheInnermostCapture) {
  std::string inner;
  const auto outer = serial::run_and_capture([&inner] {
    inner = serial::run_and_capture(&cleaner_of_the_test)->stack.str();
    catcher_of_the_test();
  });
  EXPECT_NE(inner.find("cleaner_of_the_test()"), std::string::npos) << inner;
  const std::string text = outer->stack.str();
  EXPECT_NE(text.find("catcher_of_the_test()"), std::string::npos) << text;
  EXPECT_EQ(text.find("cleaner_of_the_test()"), std::string::npos) << text;
}

TEST(StackOfAThrow, BelongsToItsThread) {
  std::string texts[2];
  {
    const auto capture = [](std::string& text, void (*function)()) {
      for (int round = 0; round < 50; ++round) {
        text = serial::run_and_capture(function)->stack.str();
      }
    };
    const std::jthread first(capture, std::ref(texts[0]), &cleaner_of_the_test);
    const std::jthread second(capture, std::ref(texts[1]), &catcher_of_the_test);
  }
  EXPECT_NE(texts[0].find("cleaner_of_the_test()"), std::string::npos) << texts[0];
  EXPECT_NE(texts[1].find("catcher_of_the_test()"), std::string::npos) << texts[1];
  EXPECT_EQ(texts[1].find("cleaner_of_the_test()"), std::string::npos) << texts[1];
}

// MP-242
TEST(RemoteTraceback, IsTheCauseOfWhatArrives) {
  const auto failure = serial::run_and_capture(&cleaner_of_the_test);
  try {
    serial::rethrow(serial::encode_exception(*failure));
    FAIL() << "nothing was thrown";
  } catch (const std::out_of_range& error) {
    const auto traceback = serial::remote_traceback(error);
    ASSERT_TRUE(traceback.has_value());
    const std::string text = traceback->what();
    EXPECT_TRUE(text.starts_with("Traceback of process ")) << text;
    EXPECT_NE(text.find("thrower_of_the_test()"), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with("std::out_of_range: thrown")) << text;
    EXPECT_THROW(std::rethrow_if_nested(error), serial::RemoteTraceback);
  }
}

TEST(RemoteTraceback, IsNotThereForWhatWasThrownHere) {
  EXPECT_FALSE(serial::remote_traceback(std::out_of_range("here")));
  EXPECT_FALSE(serial::remote_traceback(std::make_exception_ptr(1)));
  EXPECT_FALSE(serial::remote_traceback(std::exception_ptr()));
}

TEST(StackTrace, TravelsUnchanged) {
  const auto failure = serial::run_and_capture(&cleaner_of_the_test);
  const auto arrived = serial::decode_exception(serial::encode_exception(*failure));
  EXPECT_EQ(serial::remote_traceback(arrived)->stack().frames(), failure->stack.frames());
}

TEST(StackTrace, OfAModuleThatIsNotThereIsModuleAndOffset) {
  const serial::StackTrace stack({{.module = "/no/such.so", .build_id = "x", .offset = 0x123}});
  EXPECT_EQ(stack.str(), "  /no/such.so+0x123\n");
}

// A file that is not what the process ran would give wrong names.
TEST(StackTrace, OfAnotherBuildIsModuleAndOffset) {
  const auto failure = serial::run_and_capture(&cleaner_of_the_test);
  std::vector<serial::Frame> frames = failure->stack.frames();
  frames.resize(1);
  frames.front().build_id += "x";
  EXPECT_EQ(serial::StackTrace(frames).str().find("of_the_test"), std::string::npos);
}

TEST(FormattedException, BeginsWithTheStack) {
  const std::string text = serial::format_exception(*serial::run_and_capture(&cleaner_of_the_test));
  EXPECT_TRUE(text.starts_with("Traceback (most recent call last):\n")) << text;
  EXPECT_TRUE(text.ends_with("\nstd::out_of_range: thrown\n")) << text;
}

}  // namespace
