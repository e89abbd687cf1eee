#include "support/children/child_args.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <string>

#include <pthread.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

void* call(void* function) {
  (*static_cast<const std::function<void()>*>(function))();
  return nullptr;
}

// Runs `body` in a thread whose stack has 64 KiB, as small services give theirs.
void on_small_stack(const std::function<void()>& body) {
  constexpr std::size_t size = std::size_t{64} << 10;
  ::pthread_attr_t attributes;
  ASSERT_EQ(::pthread_attr_init(&attributes), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&attributes, size), 0);
  ::pthread_t thread{};
  ASSERT_EQ(::pthread_create(&thread, &attributes, call, const_cast<std::function<void()>*>(&body)),
            0);
  ::pthread_join(thread, nullptr);
  ::pthread_attr_destroy(&attributes);
}

// C4
TEST(SmallStack, IsEnoughToReadAndWriteStreams) {
  std::string line;
  std::string rest;
  on_small_stack([&] {
    sp::Popen p(child("echo_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE, .text = true});
    p.std_in().write("one\ntwo\nthree");
    p.std_in().close();
    line = p.std_out().readline();
    rest = p.std_out().read();
    p.wait();
  });
  EXPECT_EQ(line, "one\n");
  EXPECT_EQ(rest, "two\nthree");
}

// C4
TEST(SmallStack, IsEnoughToCaptureOutput) {
  std::string output;
  on_small_stack(
      [&] { output = sp::check_output(child("print_pattern", "300000"), {.encoding = "cp1252"}); });
  EXPECT_EQ(output.size(), 300'000U);
}

}  // namespace
