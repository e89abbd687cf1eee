#include "platform/memory/anonymous_memory.hpp"
#include "platform/memory/mapping.hpp"
#include "platform/memory/memory_file.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/handle_facts.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::failure_of;
using testing::TableVerdict;

// No machine has as much.
constexpr std::size_t impossible = std::size_t{1} << 52;

TEST(SharedMemory, IsZerosThatAllProcessesSee) {
  const Handle memory = make_anonymous_memory("progeny-test", 10'000);
  EXPECT_EQ(size_of_anonymous_memory(memory.get()), 10'000U);
  const Mapping mapping(memory.get(), 10'000);
  EXPECT_TRUE(std::all_of(mapping.data(), mapping.data() + 10'000, [](std::byte byte) {
    return byte == std::byte{0};
  }));
  testing::ForkedChild child([&] {
    mapping.data()[9'999] = std::byte{42};
    return 0;
  });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(mapping.data()[9'999], std::byte{42});
}

TEST(SharedMemory, IsReservedWhenItIsMade) {
  const Handle memory = make_anonymous_memory("progeny-test", 100 * page_size());
  struct stat facts{};
  ASSERT_EQ(::fstat(memory.get(), &facts), 0);
  EXPECT_GE(static_cast<std::size_t>(facts.st_blocks) * 512, 100 * page_size());
}

TEST(SharedMemory, CanBeExtendedAndNeverShrinks) {
  const Handle memory = make_anonymous_memory("progeny-test", page_size());
  reserve_memory(memory.get(), 3 * page_size(), page_size());
  EXPECT_EQ(size_of_anonymous_memory(memory.get()), 4 * page_size());
  reserve_memory(memory.get(), 0, page_size());
  EXPECT_EQ(size_of_anonymous_memory(memory.get()), 4 * page_size());
  EXPECT_EQ(::ftruncate(memory.get(), 0), -1);
  EXPECT_EQ(errno, EPERM);
  // And nobody can allow it again, or forbid the extending.
  EXPECT_EQ(::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_GROW), -1);
}

TEST(SharedMemory, OfNoBytesIsNoError) {
  const Handle memory = make_anonymous_memory("progeny-test", 0);
  EXPECT_EQ(size_of_anonymous_memory(memory.get()), 0U);
  reserve_memory(memory.get(), 0, 0);
  EXPECT_EQ(size_of_anonymous_memory(memory.get()), 0U);
}

TEST(SharedMemory, ThatNoMachineHasIsAnError) {
  EXPECT_EQ(failure_of([] { static_cast<void>(make_anonymous_memory("x", impossible)); }).error,
            ENOMEM);
  const Handle memory = make_anonymous_memory("progeny-test", page_size());
  EXPECT_EQ(failure_of([&] { reserve_memory(memory.get(), impossible, 1); }).error, ENOMEM);
  EXPECT_EQ(size_of_anonymous_memory(memory.get()), page_size());
}

TEST(SharedMemory, IsNotInherited) {
  EXPECT_TRUE(testing::is_close_on_exec(make_anonymous_memory("progeny-test", 1).get()));
}

TEST(SharedMemory, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table(
                "memfd_create", [] { static_cast<void>(make_anonymous_memory("x", 1)); }),
            TableVerdict::as_promised);
}

// C1. `ulimit -f`: SIGXFSZ would end the process.
TEST(SharedMemory, ThatIsLargerThanAFileMayBeIsAnErrorAndNoSignal) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              std::signal(SIGXFSZ, SIG_DFL);
              const rlimit small{.rlim_cur = 4096, .rlim_max = 4096};
              ::setrlimit(RLIMIT_FSIZE, &small);
              const Handle memory = make_anonymous_memory("progeny-test", 4096);
              if (failure_of([&] { reserve_memory(memory.get(), 4096, 1); }).error != EFBIG) {
                return 1;
              }
              sigset_t pending;
              ::sigpending(&pending);
              sigset_t blocked;
              ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
              return sigismember(&pending, SIGXFSZ) == 0 && sigismember(&blocked, SIGXFSZ) == 0 ? 0
                                                                                                : 2;
            }),
            0);
}

// C1. What the host has blocked and not taken yet is still there.
TEST(SharedMemory, ThatIsTooLargeLeavesAPendingSignalPending) {
  EXPECT_EQ(
      testing::verdict_of_copy([] {
        sigset_t only;
        sigemptyset(&only);
        sigaddset(&only, SIGXFSZ);
        ::pthread_sigmask(SIG_BLOCK, &only, nullptr);
        static_cast<void>(::raise(SIGXFSZ));
        const rlimit small{.rlim_cur = 4096, .rlim_max = 4096};
        ::setrlimit(RLIMIT_FSIZE, &small);
        static_cast<void>(failure_of([] { static_cast<void>(make_anonymous_memory("x", 4097)); }));
        sigset_t pending;
        ::sigpending(&pending);
        return sigismember(&pending, SIGXFSZ) == 1 ? 0 : 1;
      }),
      0);
}

// Makes, extends and shares memory. 0: all of it works.
int use_memory() {
  const Handle memory = make_anonymous_memory("progeny-test", page_size());
  reserve_memory(memory.get(), page_size(), page_size());
  if (size_of_anonymous_memory(memory.get()) != 2 * page_size()) {
    return 1;
  }
  const Mapping mapping(memory.get(), 2 * page_size());
  testing::ForkedChild child([&] {
    mapping.data()[2 * page_size() - 1] = std::byte{42};
    return 0;
  });
  if (child.wait() != 0 || mapping.data()[2 * page_size() - 1] != std::byte{42}) {
    return 2;
  }
  const Handle file = make_memory_file("progeny-test", "content");
  return content_of(file.get()) == "content" && testing::is_close_on_exec(file.get()) ? 0 : 3;
}

// B6. A file that is unlinked at once stands in.
TEST(SharedMemory, DoesWithoutACallThatIsRefused) {
  for (const int error : {EPERM, ENOSYS, EINVAL, EACCES}) {
    EXPECT_EQ(testing::verdict_of_copy([error] {
                testing::refuse_calls({SYS_memfd_create}, error);
                return use_memory();
              }),
              0)
        << error;
    EXPECT_EQ(testing::verdict_of_copy([error] {
                testing::refuse_calls({SYS_memfd_create, SYS_sysinfo, SYS_fallocate}, error);
                return use_memory();
              }),
              0)
        << error << ", no fallocate";
  }
}

// B6. With neither there is nothing that could stand in.
TEST(SharedMemory, WithoutAnyFileNamesTheCallThatIsRefused) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              testing::refuse_calls({SYS_memfd_create, SYS_openat}, EPERM);
              try {
                static_cast<void>(make_anonymous_memory("x", 1));
                return 1;
              } catch (const OSError& error) {
                return error.call() == "memfd_create" && error.code().value() == EPERM ? 0 : 2;
              }
            }),
            0);
}

// B6. Where this process could have made sealed memory, no other kind is taken.
TEST(SizeOfSharedMemory, RefusesAFileThatStandsInWithoutNeed) {
  const Handle file(::open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  ASSERT_TRUE(file);
  EXPECT_EQ(failure_of([&] { static_cast<void>(size_of_anonymous_memory(file.get())); }).error,
            EPERM);
}

// B6. A file with a name could be cut by other programs.
TEST(SizeOfSharedMemory, RefusesAFileWithANameAlsoWhereOthersStandIn) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              testing::refuse_calls({SYS_memfd_create}, EPERM);
              const Handle file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
              return failure_of([&] {
                       static_cast<void>(size_of_anonymous_memory(file.get()));
                     }).error != 0
                         ? 0
                         : 1;
            }),
            0);
}

TEST(SizeOfSharedMemory, RefusesMemoryThatCouldShrink) {
  const Handle file = make_memory_file("progeny-test", "content");
  EXPECT_EQ(failure_of([&] { static_cast<void>(size_of_anonymous_memory(file.get())); }).error,
            EPERM);
  EXPECT_EQ(failure_of([] { static_cast<void>(size_of_anonymous_memory(0)); }).error, EINVAL);
  EXPECT_EQ(failure_of([] { static_cast<void>(size_of_anonymous_memory(-1)); }).error, EBADF);
}

TEST(IdentityOf, TellsMemoryApart) {
  const Handle memory = make_anonymous_memory("progeny-test", 1);
  const Handle other = make_anonymous_memory("progeny-test", 1);
  const Handle same(::dup(memory.get()));
  EXPECT_EQ(identity_of(memory.get()), identity_of(same.get()));
  EXPECT_NE(identity_of(memory.get()), identity_of(other.get()));
  EXPECT_EQ(failure_of([] { static_cast<void>(identity_of(-1)); }).error, EBADF);
}

TEST(Mapping, MayBeLargerThanWhatThereIsYet) {
  const Handle memory = make_anonymous_memory("progeny-test", page_size());
  const Mapping mapping(memory.get(), 10 * page_size());
  EXPECT_EQ(mapping.size(), 10 * page_size());
  reserve_memory(memory.get(), 9 * page_size(), page_size());
  mapping.data()[10 * page_size() - 1] = std::byte{1};
  const Mapping other(memory.get(), 10 * page_size());
  EXPECT_EQ(other.data()[10 * page_size() - 1], std::byte{1});
}

TEST(Mapping, OutlivesItsHandle) {
  Handle memory = make_anonymous_memory("progeny-test", page_size());
  const Mapping mapping(memory.get(), page_size());
  memory.reset();
  mapping.data()[0] = std::byte{5};
  EXPECT_EQ(mapping.data()[0], std::byte{5});
}

bool is_mapped(const std::byte* address) {
  unsigned char resident = 0;
  return ::mincore(const_cast<std::byte*>(address), page_size(), &resident) == 0;
}

TEST(Mapping, EndsWithItsObjectAndMovesWithIt) {
  const Handle memory = make_anonymous_memory("progeny-test", page_size());
  const std::byte* first = nullptr;
  const std::byte* second = nullptr;
  {
    Mapping one(memory.get(), page_size());
    Mapping two(memory.get(), page_size());
    first = one.data();
    second = two.data();
    one = std::move(two);
    EXPECT_EQ(one.data(), second);
    EXPECT_FALSE(is_mapped(first)) << "what it had before is gone";
    const Mapping three(std::move(one));
    EXPECT_EQ(three.data(), second);
    EXPECT_EQ(three.size(), page_size());
    EXPECT_TRUE(is_mapped(second));
  }
  EXPECT_FALSE(is_mapped(second));
}

TEST(Mapping, OfWhatIsNoMemoryIsAnError) {
  EXPECT_EQ(failure_of([] { Mapping(-1, 100); }).error, EBADF);
  const Handle memory = make_anonymous_memory("progeny-test", 1);
  EXPECT_EQ(failure_of([&] { Mapping(memory.get(), 0); }).error, EINVAL);
  EXPECT_EQ(failure_of([&] { Mapping(memory.get(), impossible); }).error, ENOMEM);
}

TEST(PageSize, IsThatOfTheSystem) {
  EXPECT_EQ(page_size(), static_cast<std::size_t>(::getpagesize()));
}

}  // namespace

}  // namespace progeny::platform
