#include "platform/process/process_end.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/file_contents.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/temp_dir.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::ForkedChild;
using testing::TempDir;

// What `body`, run in a copy of this process, has written to stdout.
std::string output_of(const std::function<void()>& body) {
  const TempDir dir;
  const std::string path = (dir.path() / "output").string();
  ForkedChild child([&] {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::dup2(file, STDOUT_FILENO);
    body();
    return 0;
  });
  EXPECT_EQ(child.wait(), 0);
  return testing::contents(path);
}

TEST(FlushStreams, WritesWhatTheStreamsHold) {
  EXPECT_EQ(output_of([] {
              std::fputs("of C ", stdout);
              std::ios_base::sync_with_stdio(false);
              std::cout << "of C++";
              flush_streams();
            }).size(),
            std::string("of C of C++").size());
}

TEST(FlushStreams, WritesTheOtherStreamsEvenIfOneThrows) {
  EXPECT_EQ(output_of([] {
              std::fputs("of C", stdout);
              errno = ENOTTY;
              std::cout.setstate(std::ios_base::badbit);
              try {
                std::cout.exceptions(std::ios_base::badbit);
              } catch (const std::ios_base::failure&) {  // NOLINT(bugprone-empty-catch): as wanted.
              }
              flush_streams();
              if (errno != ENOTTY) {
                ::_exit(1);
              }
            }),
            "of C");
}

TEST(Leave, EndsTheProcessAtOnce) {
  EXPECT_EQ(output_of([] {
              std::atexit([] { std::puts("registered for the end"); });
              std::fputs("held by a stream", stdout);
              leave(0);
            }),
            "");
  ForkedChild child([]() -> int { leave(42); });
  EXPECT_EQ(child.wait(), 42);
}

TEST(TakeOverExit, ComesBeforeWhatWasRegisteredEarlier) {
  ForkedChild child([]() -> int {
    std::atexit([] { ::_exit(1); });
    take_over_exit([](int code) { ::_exit(code + 1); });
    std::exit(6);  // NOLINT(concurrency-mt-unsafe): the copy has one thread.
  });
  EXPECT_EQ(child.wait(), 7);
}

// What the standard input of this process is: a file, and whether it stays open over exec.
int verdict_on_standard_input() {
  struct stat null{};
  struct stat input{};
  ::stat("/dev/null", &null);
  if (::fstat(STDIN_FILENO, &input) != 0 || input.st_rdev != null.st_rdev) {
    return 1;
  }
  std::array<char, 4> space{};
  const bool is_empty = ::read(STDIN_FILENO, space.data(), space.size()) == 0;
  return is_empty && !testing::is_close_on_exec(STDIN_FILENO) ? 0 : 2;
}

TEST(EmptyStandardInput, TakesThePlaceOfWhatWasThere) {
  ForkedChild child([] {
    const int zeros = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
    ::dup2(zeros, STDIN_FILENO);
    const int next = ::dup(zeros);
    ::close(next);
    errno = ENOTTY;
    empty_standard_input();
    const bool left_no_other = ::fcntl(next, F_GETFD) == -1;
    return left_no_other ? verdict_on_standard_input() : 3;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(EmptyStandardInput, IsMadeWhereThereIsNone) {
  ForkedChild child([] {
    ::close(STDIN_FILENO);
    errno = ENOTTY;
    empty_standard_input();
    return errno == ENOTTY ? verdict_on_standard_input() : 3;
  });
  EXPECT_EQ(child.wait(), 0);
}

TEST(EmptyStandardInput, LeavesItAsItIsWithoutAFreeDescriptor) {
  ForkedChild child([] {
    const int zeros = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
    ::dup2(zeros, STDIN_FILENO);
    const rlimit none{.rlim_cur = 3, .rlim_max = 3};
    ::setrlimit(RLIMIT_NOFILE, &none);
    empty_standard_input();
    std::array<char, 4> space{};
    return ::read(STDIN_FILENO, space.data(), space.size()) == 4 ? 0 : 1;
  });
  EXPECT_EQ(child.wait(), 0);
}

}  // namespace

}  // namespace progeny::platform
