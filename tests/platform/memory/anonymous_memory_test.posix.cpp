#include "platform/memory/anonymous_memory.hpp"
#include "platform/memory/mapping.hpp"
#include "platform/memory/memory_file.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
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
