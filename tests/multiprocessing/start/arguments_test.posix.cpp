// What targets and arguments may be, and how a target ends its process.

#include "multiprocessing/methods.hpp"
#include "support/system/file_contents.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace {

using progeny::testing::EveryMethod;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class Arguments : public EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Arguments);

[[noreturn]] void exit_with_length(const char* text) {
  throw mp::SystemExit(static_cast<int>(std::strlen(text)));
}

[[noreturn]] void exit_with_lengths(const char* first,
                                    const std::string& second,
                                    std::string_view third) {
  throw mp::SystemExit(
      static_cast<int>(std::strlen(first) + 10 * second.size() + 100 * third.size()));
}

// J6
TEST_P(Arguments, ACStringIsKeptAsText) {
  char changed[] = "four";
  auto process = context().Process(exit_with_length, changed);
  std::strcpy(changed, "x");
  process.start();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 4);
  EXPECT_EQ(exitcode_of(exit_with_length, "seven77"), 7);
  EXPECT_EQ(exitcode_of([](const char* text) { exit_with_length(text); }, "three"), 5);
  EXPECT_EQ(exitcode_of(exit_with_lengths, "a", "bb", "c"), 121);
  EXPECT_EQ(
      exitcode_of(
          [](const char* a, const std::string& b) { exit_with_lengths(a, b, "c"); }, "a", "bb"),
      121);
}

// J6: a function of the C library.
TEST_P(Arguments, TheTargetMayBePuts) {
  EXPECT_EQ(exitcode_of(std::puts, ""), 0);
  EXPECT_EQ(exitcode_of(::remove, "/no/such/file"), 0);
}

int square(int number) {
  return number * number;
}

void apply(int (*function)(int), int number) {
  throw mp::SystemExit(function != nullptr ? function(number) : 77);
}

// J6
TEST_P(Arguments, AFunctionMayBeAnArgument) {
  EXPECT_EQ(exitcode_of(apply, square, 5), 25);
  EXPECT_EQ(exitcode_of(apply, &square, 6), 36);
  int (*const none)(int) = nullptr;
  EXPECT_EQ(exitcode_of(apply, none, 6), 77);
  EXPECT_EQ(exitcode_of([](auto function, int n) { throw mp::SystemExit(function(n)); }, square, 7),
            49);
}

void exit_with_text(std::string file) {
  const int target = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ::dup2(target, STDERR_FILENO);
  throw mp::SystemExit("bye");
}

// J5: as in Python.
TEST_P(Arguments, SystemExitMayHaveAText) {
  const progeny::testing::TempDir folder;
  const std::string file = folder.path() / "text";
  EXPECT_EQ(exitcode_of(exit_with_text, file), 1);
  EXPECT_EQ(progeny::testing::contents(file), "bye\n");
  EXPECT_STREQ(mp::SystemExit("bye").what(), "bye");
  EXPECT_STREQ(mp::SystemExit(3).what(), "SystemExit");
}

}  // namespace
