#include "platform/memory/mapping.hpp"
#include "platform/memory/named_memory.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::failure_of;
using testing::TableVerdict;

// A name of this test process, whose memory goes at the end of the scope.
class Name {
 public:
  explicit Name(const std::string& word)
      : text_("progeny-test-" + word + "-" + std::to_string(::getpid())) {}
  Name(const Name&) = delete;
  Name& operator=(const Name&) = delete;
  ~Name() { ::shm_unlink(text_.c_str()); }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_taken() const { return testing::shared_memory_names().contains(text_); }

 private:
  std::string text_;
};

TEST(NamedMemory, HasNoNameUntilItIsGivenOne) {
  const Name name("born");
  const Handle memory = make_memory_to_name(5000);
  EXPECT_FALSE(name.is_taken());
  EXPECT_EQ(open_memory(name.text()).error, std::errc::no_such_file_or_directory);
  EXPECT_FALSE(give_name(memory.get(), name.text()));
  EXPECT_TRUE(name.is_taken());
  const FoundMemory found = open_memory(name.text());
  EXPECT_FALSE(found.error);
  EXPECT_EQ(identity_of(found.memory.get()), identity_of(memory.get()));
  EXPECT_EQ(size_of_named_memory(found.memory.get()), 5000U);
}

TEST(NamedMemory, IsWhatTheCLibraryFinds) {
  const Name name("library");
  const Handle memory = make_memory_to_name(100);
  ASSERT_FALSE(give_name(memory.get(), "/" + name.text()));
  const Handle found(::shm_open(("/" + name.text()).c_str(), O_RDWR, 0));
  ASSERT_TRUE(found);
  EXPECT_EQ(identity_of(found.get()), identity_of(memory.get()));
}

TEST(NamedMemory, IsForThisUserOnlyAndNotInherited) {
  const Name name("private");
  const mode_t before = ::umask(0);
  const Handle memory = make_memory_to_name(100);
  ::umask(before);
  ASSERT_FALSE(give_name(memory.get(), name.text()));
  struct stat facts{};
  ASSERT_EQ(::fstat(memory.get(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_TRUE(testing::is_close_on_exec(memory.get()));
  EXPECT_TRUE(testing::is_close_on_exec(open_memory(name.text()).memory.get()));
}

TEST(NamedMemory, DoesNotTakeANameFromAnother) {
  const Name name("taken");
  const Handle first = make_memory_to_name(100);
  const Handle second = make_memory_to_name(200);
  EXPECT_FALSE(give_name(first.get(), name.text()));
  EXPECT_EQ(give_name(second.get(), name.text()), std::errc::file_exists);
  EXPECT_EQ(size_of_named_memory(open_memory(name.text()).memory.get()), 100U);
}

TEST(NamedMemory, StaysUntilItsLastUserLetsGo) {
  const Name name("stays");
  Handle memory = make_memory_to_name(100);
  ASSERT_FALSE(give_name(memory.get(), name.text()));
  const Mapping mapping(memory.get(), 100);
  mapping.data()[99] = std::byte{3};
  EXPECT_FALSE(remove_name(name.text()));
  EXPECT_FALSE(name.is_taken());
  EXPECT_EQ(mapping.data()[99], std::byte{3});
  EXPECT_EQ(remove_name(name.text()), std::errc::no_such_file_or_directory);
}

TEST(NamedMemory, ThatNoMachineHasIsAnError) {
  constexpr std::size_t impossible = std::size_t{1} << 52;
  EXPECT_EQ(failure_of([] { static_cast<void>(make_memory_to_name(impossible)); }).error, ENOMEM);
}

TEST(NamedMemory, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table("shm_open",
                                             [] { static_cast<void>(make_memory_to_name(1)); }),
            TableVerdict::as_promised);
}

TEST(NamedMemory, CannotBeAFolderOrALink) {
  const Name name("link");
  ASSERT_EQ(::symlink("/etc/passwd", ("/dev/shm/" + name.text()).c_str()), 0);
  EXPECT_EQ(open_memory(name.text()).error, std::errc::too_many_symbolic_link_levels);
}

TEST(NamedMemory, MayBeMadeSmallerByOthers) {
  const Handle memory = make_memory_to_name(1000);
  ASSERT_EQ(::ftruncate(memory.get(), 10), 0);
  EXPECT_EQ(size_of_named_memory(memory.get()), 10U);
  EXPECT_EQ(failure_of([] { static_cast<void>(size_of_named_memory(-1)); }).error, EBADF);
}

const std::string longest_name(255, 'n');

TEST(CheckName, AllowsWhatAFileCanBeCalled) {
  for (const std::string& name : {std::string("a"),
                                  std::string("/a"),
                                  std::string("///a"),
                                  std::string("..a"),
                                  longest_name,
                                  "/" + longest_name}) {
    EXPECT_FALSE(check_name(name)) << name;
  }
}

TEST(CheckName, SaysWhyANameIsNone) {
  for (const std::string& name : {std::string(),
                                  std::string("/"),
                                  std::string("//"),
                                  std::string("a/b"),
                                  std::string("."),
                                  std::string(".."),
                                  std::string("/."),
                                  std::string("a/")}) {
    EXPECT_EQ(check_name(name), std::errc::invalid_argument) << name;
  }
  EXPECT_EQ(check_name(longest_name + "n"), std::errc::filename_too_long);
}

TEST(CheckName, IsWhatAllOthersGoBy) {
  const Handle memory = make_memory_to_name(1);
  EXPECT_EQ(give_name(memory.get(), "a/b"), std::errc::invalid_argument);
  EXPECT_EQ(open_memory("a/b").error, std::errc::invalid_argument);
  EXPECT_EQ(remove_name("a/b"), std::errc::invalid_argument);
  EXPECT_EQ(remove_name_of("a/b", identity_of(memory.get())), Removal::failed);
}

TEST(RemoveNameOf, RemovesTheNameOfThatMemoryAlone) {
  const Name name("identity");
  const Handle first = make_memory_to_name(1);
  const Handle second = make_memory_to_name(1);
  EXPECT_EQ(remove_name_of(name.text(), identity_of(first.get())), Removal::was_gone);
  ASSERT_FALSE(give_name(first.get(), name.text()));
  EXPECT_EQ(remove_name_of(name.text(), identity_of(second.get())), Removal::was_gone);
  EXPECT_TRUE(name.is_taken());
  EXPECT_EQ(remove_name_of(name.text(), identity_of(first.get())), Removal::removed);
  EXPECT_FALSE(name.is_taken());
}

TEST(RemoveNameOf, FailsWhereTheSystemDoesNotRemove) {
  const Name name("folder");
  const std::string path = "/dev/shm/" + name.text();
  ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
  struct stat facts{};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(remove_name_of(name.text(), {facts.st_dev, facts.st_ino}), Removal::failed);
  ASSERT_EQ(::rmdir(path.c_str()), 0);
}

}  // namespace

}  // namespace progeny::platform
