#include "platform/memory/memory_file.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using namespace std::string_view_literals;
using testing::TableVerdict;

TEST(MemoryFile, HoldsItsContent) {
  for (const std::string& content :
       {std::string(), std::string("text\0with a zero"sv), testing::pattern(1'000'000)}) {
    const Handle file = make_memory_file("progeny-test", content);
    EXPECT_TRUE(content_of(file.get()) == content) << content.size();
  }
}

TEST(MemoryFile, IsReadFromTheFirstByteWhereverItsPlaceIs) {
  const Handle file = make_memory_file("progeny-test", "content");
  EXPECT_EQ(content_of(file.get()), "content");
  EXPECT_EQ(content_of(file.get()), "content");
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 7) << "its place is as the writing left it";
}

TEST(MemoryFile, IsNotInheritedAndHasItsNameInListsOnly) {
  const Handle file = make_memory_file("progeny-test-name", "x");
  EXPECT_TRUE(testing::is_close_on_exec(file.get()));
  const auto link = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file.get()));
  EXPECT_EQ(link, "/memfd:progeny-test-name (deleted)");
}

TEST(MemoryFile, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table("memfd_create",
                                             [] { static_cast<void>(make_memory_file("x", "y")); }),
            TableVerdict::as_promised);
}

// C1. `ulimit -f`: SIGXFSZ would end the process.
TEST(MemoryFile, ThatMayNotGrowIsAnErrorAndNoSignal) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              std::signal(SIGXFSZ, SIG_DFL);
              const rlimit small{.rlim_cur = 4, .rlim_max = 4};
              ::setrlimit(RLIMIT_FSIZE, &small);
              const auto failure =
                  testing::failure_of([] { static_cast<void>(make_memory_file("x", "too long")); });
              return failure.error == EFBIG ? 0 : 1;
            }),
            0);
}

TEST(ContentOf, WhatIsNotOpenOrCannotBeReadIsAnError) {
  EXPECT_EQ(testing::failure_of([] { static_cast<void>(content_of(-1)); }).error, EBADF);
  const Handle folder(::open("/tmp", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(testing::failure_of([&] { static_cast<void>(content_of(folder.get())); }).error,
            EISDIR);
}

// A file of /sys says that it is a page long, and ends before.
TEST(ContentOf, AFileThatEndsEarlyIsWhatThereIs) {
  const Handle file(::open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY | O_CLOEXEC));
  if (!file) {
    GTEST_SKIP() << "this system has no such file";
  }
  const std::string content = content_of(file.get());
  EXPECT_GT(content.size(), 0U);
  EXPECT_EQ(content.find('\0'), std::string::npos);
}

}  // namespace

}  // namespace progeny::platform
