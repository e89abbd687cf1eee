#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/file_contents.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::Failure;
using testing::failure_of;
using testing::TableVerdict;
using testing::TempDir;
using testing::verdict_of_copy;

std::string file_in(const TempDir& dir) {
  return (dir.path() / "file").string();
}

TEST(OpenFile, ForWritingEmptiesAndForAppendingKeeps) {
  const TempDir dir;
  const std::string path = file_in(dir);
  EXPECT_EQ(write_some(open_file(path, OpenMode::append).get(), "one").count, 3U);
  EXPECT_EQ(write_some(open_file(path, OpenMode::append).get(), "two").count, 3U);
  EXPECT_EQ(testing::contents(path), "onetwo");
  EXPECT_EQ(write_some(open_file(path, OpenMode::write).get(), "3").count, 1U);
  EXPECT_EQ(testing::contents(path), "3");
}

TEST(OpenFile, ForReadingAndWritingChangesInPlace) {
  const TempDir dir;
  const std::string path = file_in(dir);
  EXPECT_EQ(write_some(open_file(path, OpenMode::write).get(), "abc").count, 3U);
  const Handle file = open_file(path, OpenMode::read_write);
  std::array<char, 1> byte{};
  EXPECT_EQ(read_some(file.get(), byte).count, 1U);
  EXPECT_EQ(write_some(file.get(), "X").count, 1U);
  EXPECT_EQ(testing::contents(path), "aXc");
}

TEST(OpenFile, AllowsOnlyWhatItWasOpenedFor) {
  const TempDir dir;
  const std::string path = file_in(dir);
  const Handle writer = open_file(path, OpenMode::write);
  const Handle reader = open_file(path, OpenMode::read);
  std::array<char, 1> byte{};
  EXPECT_EQ(read_some(writer.get(), byte).error, std::errc::bad_file_descriptor);
  EXPECT_EQ(write_some(reader.get(), "x").error, std::errc::bad_file_descriptor);
}

TEST(OpenFile, ThatIsMissingIsAnErrorUnlessItIsMade) {
  const TempDir dir;
  const std::string path = file_in(dir);
  for (const OpenMode mode : {OpenMode::read, OpenMode::read_write}) {
    EXPECT_EQ(failure_of([&] { static_cast<void>(open_file(path, mode)); }),
              (Failure{.error = ENOENT, .filename = path}));
  }
  try {
    static_cast<void>(open_file("/", OpenMode::write));
    FAIL() << "a folder was opened for writing";
  } catch (const OSError& error) {
    EXPECT_EQ(error.call(), "open");
    EXPECT_EQ(error.code(), std::errc::is_a_directory);
  }
}

TEST(OpenFile, MakesItWithTheRightsThatTheMaskLeaves) {
  const TempDir dir;
  const mode_t before = ::umask(027);
  static_cast<void>(open_file(file_in(dir), OpenMode::write));
  ::umask(before);
  struct stat facts{};
  ASSERT_EQ(::stat(file_in(dir).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0640U);
}

TEST(OpenFile, StaysClearOfTheStandardStreamsAndOfPrograms) {
  EXPECT_TRUE(testing::is_close_on_exec(open_null_device().get()));
  EXPECT_EQ(verdict_of_copy([] {
              ::close(0);
              ::close(1);
              ::close(2);
              const Handle file = open_null_device();
              const bool clear = file.get() > 2 && testing::is_close_on_exec(file.get());
              return clear && !testing::is_open(0) && !testing::is_open(1) ? 0 : 1;
            }),
            0);
}

TEST(OpenFile, WithoutAFreeDescriptorIsAnErrorOfThatFile) {
  EXPECT_EQ(testing::verdict_with_full_table("open", [] { static_cast<void>(open_null_device()); }),
            TableVerdict::as_promised);
  // The file gets a number of a standard stream, and no other is free.
  EXPECT_EQ(testing::verdict_with_full_table("open",
                                             [] {
                                               ::close(0);
                                               static_cast<void>(open_null_device());
                                             }),
            TableVerdict::as_promised);
}

TEST(NullDevice, IsEmptyAndTakesAll) {
  const Handle null = open_null_device();
  std::array<char, 8> space{};
  EXPECT_EQ(read_some(null.get(), space).count, 0U);
  EXPECT_EQ(write_some(null.get(), "anything").count, 8U);
}

TEST(Handles, HaveTheirNumbers) {
  EXPECT_FALSE(is_open(Handle::none()));
  EXPECT_EQ(handle_of_descriptor(1), 1);
  EXPECT_EQ(handle_of_file(stderr), ::fileno(stderr));
  EXPECT_EQ(standard_stream(2), 2);
  const Handle null = open_null_device();
  EXPECT_EQ(handle_of_number(number_of(null.get())), null.get());
}

TEST(Handles, AreOpenUntilTheyAreClosed) {
  Handle null = open_null_device();
  const native_handle number = null.get();
  EXPECT_TRUE(is_open(number));
  errno = ENOTTY;
  null.reset();
  EXPECT_FALSE(is_open(number));
  EXPECT_EQ(errno, ENOTTY);
}

TEST(TakeInherited, ClosesItOnExec) {
  const native_handle number = open_null_device().release();
  ASSERT_EQ(::fcntl(number, F_SETFD, 0), 0);
  const Handle taken = take_inherited(number_of(number));
  EXPECT_EQ(taken.get(), number);
  EXPECT_TRUE(testing::is_close_on_exec(number));
}

TEST(TakeInherited, OfWhatIsNotOpenIsAnError) {
  EXPECT_EQ(failure_of([] { static_cast<void>(take_inherited(-1)); }), Failure{.error = EBADF});
}

TEST(ReadSome, OfAFolderIsAnError) {
  const Handle folder(::open("/", O_RDONLY | O_CLOEXEC));
  std::array<char, 8> space{};
  EXPECT_EQ(read_some(folder.get(), space).error, std::errc::is_a_directory);
}

TEST(ReadSome, LeavesErrnoAsItWas) {
  std::array<char, 8> space{};
  errno = ENOTTY;
  EXPECT_EQ(read_some(-1, space).error, std::errc::bad_file_descriptor);
  EXPECT_EQ(try_write(-1, "x").error, std::errc::bad_file_descriptor);
  EXPECT_EQ(errno, ENOTTY);
}

}  // namespace

}  // namespace progeny::platform
