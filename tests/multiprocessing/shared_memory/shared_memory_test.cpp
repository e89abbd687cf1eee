// SharedMemory within one process.

#include "multiprocessing/family.posix.hpp"
#include "multiprocessing/methods.hpp"
#include "support/children/process_copy.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include <sys/stat.h>

namespace {

using progeny::OSError;
using progeny::UsageError;
using progeny::ValueError;
using progeny::multiprocessing::Connection;
using progeny::multiprocessing::shared_memory::SharedMemory;
using progeny::multiprocessing::shared_memory::SharedMemoryOptions;
using progeny::testing::is_there;
using progeny::testing::Unlinking;

class Travelling : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Travelling);

std::string name_of_test() {
  return "progeny_test_" + std::to_string(::getpid());
}

std::errc error_of(const SharedMemoryOptions& options) {
  try {
    const SharedMemory memory(options);
  } catch (const OSError& error) {
    EXPECT_EQ(error.call(), "shm_open");
    EXPECT_EQ(error.filename(), "/" + options.name.value());
    return static_cast<std::errc>(error.code().value());
  }
  return {};
}

// MP-194
TEST(SharedMemory, IsSeenByWhoAttachesToItsName) {
  SharedMemory made({.name = name_of_test(), .create = true, .size = 512});
  const Unlinking unlinking(made);
  EXPECT_EQ(made.name(), name_of_test());
  EXPECT_EQ(made.size(), 512U);
  EXPECT_EQ(made.buf().size(), 512U);
  const SharedMemory attached({.name = name_of_test(), .size = 7});
  EXPECT_EQ(attached.size(), 512U);
  made.buf()[42] = std::byte{3};
  EXPECT_EQ(attached.buf()[42], std::byte{3});
  EXPECT_NE(made.buf().data(), attached.buf().data());
  EXPECT_EQ(made.buf<std::uint32_t>().size(), 128U);
}

// MP-194
TEST(SharedMemory, RefusesOptionsThatDoNotGoTogether) {
  EXPECT_THROW(SharedMemory(SharedMemoryOptions{}), ValueError);
  EXPECT_THROW(SharedMemory({.create = true}), ValueError);
  EXPECT_THROW(SharedMemory({.create = true, .size = 0}), ValueError);
  EXPECT_THROW(SharedMemory({.create = true, .size = -1}), ValueError);
  EXPECT_THROW(SharedMemory({.name = name_of_test(), .size = -1}), ValueError);
}

// MP-195
TEST(SharedMemory, SaysWhyANameCannotBeHad) {
  SharedMemory made({.name = name_of_test(), .create = true, .size = 1});
  const Unlinking unlinking(made);
  EXPECT_EQ(error_of({.name = name_of_test(), .create = true, .size = 1}), std::errc::file_exists);
  EXPECT_TRUE(is_there(name_of_test()));
  EXPECT_EQ(error_of({.name = name_of_test() + "x"}), std::errc::no_such_file_or_directory);
  for (const bool create : {false, true}) {
    EXPECT_EQ(error_of({.name = "a/b", .create = create, .size = 1}), std::errc::invalid_argument);
    EXPECT_EQ(error_of({.name = "", .create = create, .size = 1}), std::errc::invalid_argument);
    EXPECT_EQ(error_of({.name = std::string(256, 'x'), .create = create, .size = 1}),
              std::errc::filename_too_long);
  }
}

// MP-195
TEST(SharedMemory, RefusesANulInItsName) {
  const std::string name("a\0b", 3);
  EXPECT_THROW(SharedMemory({.name = name, .create = true, .size = 1}), ValueError);
  EXPECT_THROW(SharedMemory{name}, ValueError);
}

// Whether creating a block of this size fails for lack of memory.
bool is_too_much(std::uintmax_t size) {
  try {
    const SharedMemory vast(
        {.name = name_of_test(), .create = true, .size = static_cast<std::ptrdiff_t>(size)});
    return false;
  } catch (const OSError& error) {
    EXPECT_EQ(error.filename(), "/" + name_of_test());
    return error.code() == std::errc::no_space_on_device ||
           error.code() == std::errc::not_enough_memory;
  }
}

// MP-195: lack of memory is an error on creation, not a SIGBUS on use.
TEST(SharedMemory, IsReservedWhenItIsMade) {
  EXPECT_TRUE(is_too_much(std::numeric_limits<std::ptrdiff_t>::max() / 2));
  EXPECT_TRUE(is_too_much(std::filesystem::space("/dev/shm").capacity + 1));
  EXPECT_FALSE(is_there(name_of_test()));
  SharedMemory made({.name = name_of_test(), .create = true, .size = 100'000});
  const Unlinking unlinking(made);
  struct stat facts{};
  ASSERT_EQ(::stat(("/dev/shm/" + name_of_test()).c_str(), &facts), 0);
  EXPECT_GE(facts.st_blocks * 512, 100'000);
}

// MP-196
TEST(SharedMemory, MakesUpAShortNameThatOnlyTheUserCanOpen) {
  SharedMemory made({.create = true, .size = 1});
  const Unlinking unlinking(made);
  EXPECT_TRUE(made.name().starts_with("psm_"));
  EXPECT_LE(made.name().size() + 1, 14U);
  struct stat facts{};
  ASSERT_EQ(::stat(("/dev/shm/" + made.name()).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
}

// MP-197
TEST(SharedMemory, IsUnlinkedOnceAndUsedUntilItIsClosed) {
  const SharedMemory made({.create = true, .size = 8});
  made.unlink();
  EXPECT_FALSE(is_there(made.name()));
  try {
    made.unlink();
    ADD_FAILURE() << "it was unlinked twice";
  } catch (const OSError& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_EQ(error.call(), "shm_unlink");
    EXPECT_EQ(error.filename(), "/" + made.name());
  }
  made.buf()[7] = std::byte{1};
  EXPECT_EQ(made.buf()[7], std::byte{1});
}

// MP-198
TEST(SharedMemory, HasANameAndASizeAfterItsClosing) {
  SharedMemory made({.create = true, .size = 8});
  const Unlinking unlinking(made);
  made.close();
  made.close();
  EXPECT_THROW(static_cast<void>(made.buf()), ValueError);
  EXPECT_THROW(static_cast<void>(made.hold()), ValueError);
  EXPECT_EQ(made.size(), 8U);
  EXPECT_TRUE(is_there(made.name()));
}

// MP-198
TEST(SharedMemory, IsNotClosedWhileItIsHeld) {
  SharedMemory made({.create = true, .size = 8});
  const Unlinking unlinking(made);
  auto held = made.hold();
  EXPECT_THROW(made.close(), UsageError);
  made.buf()[0] = std::byte{5};
  EXPECT_EQ(held[0], std::byte{5});
  held.reset();
  made.close();
  EXPECT_THROW(static_cast<void>(made.buf()), ValueError);
}

TEST(SharedMemory, StaysMappedForWhoHoldsItLongerThanTheObjectLives) {
  std::shared_ptr<std::byte[]> held;
  {
    const SharedMemory made({.create = true, .size = 8});
    held = made.hold();
    made.unlink();
  }
  held[7] = std::byte{1};
  EXPECT_EQ(held[7], std::byte{1});
}

TEST(SharedMemory, IsEmptyWhenItWasMovedFrom) {
  SharedMemory made({.create = true, .size = 8});
  SharedMemory taken(std::move(made));
  const Unlinking unlinking(taken);
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): the subject.
  EXPECT_THROW(static_cast<void>(made.buf()), UsageError);
  EXPECT_EQ(taken.buf().size(), 8U);
}

TEST(SharedMemory, PrintsAsInPython) {
  SharedMemory made({.create = true, .size = 8});
  const Unlinking unlinking(made);
  std::ostringstream out;
  out << made;
  EXPECT_EQ(out.str(), "SharedMemory('" + made.name() + "', size=8)");
}

// MP-199
TEST(SharedMemory, CannotBeReadWhenItIsGone) {
  const SharedMemory made({.create = true, .size = 8});
  const auto bytes = progeny::serial::to_bytes(made);
  EXPECT_EQ(progeny::serial::from_bytes<SharedMemory>(bytes).name(), made.name());
  made.unlink();
  EXPECT_THROW(static_cast<void>(progeny::serial::from_bytes<SharedMemory>(bytes)), OSError);
}

void write_hello(Connection& connection, const SharedMemory& memory) {
  const std::string hello = "HELLO";
  std::ranges::copy(std::as_bytes(std::span(hello)), memory.buf().begin());
  connection.send(memory.name());
}

void write_hello_by_name(Connection& connection, const std::string& name) {
  write_hello(connection, SharedMemory(name));
}

std::string text_in(const SharedMemory& memory) {
  return {reinterpret_cast<const char*>(memory.buf().data()), 5};
}

// MP-199
TEST_P(Travelling, AttachesInTheChild) {
  SharedMemory made({.create = true, .size = 8});
  const Unlinking unlinking(made);
  EXPECT_EQ(answer_of<std::string>(write_hello, SharedMemory(made.name())), made.name());
  EXPECT_EQ(text_in(made), "HELLO");
}

// MP-199
TEST_P(Travelling, IsAttachedToByName) {
  SharedMemory made({.create = true, .size = 8});
  const Unlinking unlinking(made);
  EXPECT_EQ(answer_of<std::string>(write_hello_by_name, made.name()), made.name());
  EXPECT_EQ(text_in(made), "HELLO");
}

void make_some(Connection& connection) {
  const SharedMemory made({.create = true, .size = 8});
  write_hello(connection, made);
}

// MP-201
TEST_P(Travelling, StaysWhenTheChildThatMadeItHasEnded) {
  SharedMemory made(answer_of<std::string>(make_some));
  const Unlinking unlinking(made);
  EXPECT_EQ(text_in(made), "HELLO");
}

}  // namespace
