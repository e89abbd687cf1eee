#include "platform/host/private_folder.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>

namespace progeny::platform {

namespace {

namespace fs = std::filesystem;
using testing::ScopedEnv;
using testing::TempDir;

constexpr std::size_t any_length = 4096;
// The six letters that tell one folder from another.
constexpr std::size_t letters = 6;

// The folder that a new one was made in; the new one is removed again.
std::string parent_of_new(std::size_t longest) {
  const std::string path = make_private_folder("progeny-test-", longest);
  remove_quietly(path);
  return fs::path(path).parent_path();
}

TEST(PrivateFolder, IsNewAndOnlyForThisUser) {
  const TempDir dir;
  const ScopedEnv there("TMPDIR", dir.path().string());
  const mode_t before = ::umask(0);
  const std::string path = make_private_folder("progeny-test-", any_length);
  const std::string other = make_private_folder("progeny-test-", any_length);
  ::umask(before);
  EXPECT_NE(path, other);
  EXPECT_TRUE(path.starts_with((dir.path() / "progeny-test-").string())) << path;
  struct stat facts{};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_TRUE(S_ISDIR(facts.st_mode));
  EXPECT_EQ(facts.st_mode & 07777U, 0700U);
}

TEST(PrivateFolder, IsInAShorterPlaceWhereTheSystemsIsTooDeep) {
  const TempDir dir;
  const auto deep = dir.path() / std::string(60, 'd');
  fs::create_directory(deep);
  const ScopedEnv there("TMPDIR", deep.string());
  const std::size_t exact = deep.string().size() + std::string("/progeny-test-").size() + letters;
  EXPECT_EQ(parent_of_new(exact), deep.string());
  EXPECT_EQ(parent_of_new(exact - 1), "/tmp");
}

TEST(PrivateFolder, IsInAnotherPlaceWhereTheSystemsIsMissing) {
  const ScopedEnv nowhere("TMPDIR", "/no/such/folder");
  EXPECT_EQ(parent_of_new(any_length), "/tmp");
}

TEST(PrivateFolder, ThatCannotBeMadeIsAnError) {
  // Nobody can make a folder there.
  const ScopedEnv there("TMPDIR", "/proc");
  try {
    static_cast<void>(make_private_folder("progeny-test-", any_length));
    FAIL() << "a folder was made in /proc";
  } catch (const OSError& error) {
    EXPECT_EQ(error.call(), "mkdtemp");
    EXPECT_EQ(error.filename(), "/proc");
  }
}

TEST(RemoveQuietly, TakesFilesAndEmptyFolders) {
  const TempDir dir;
  const auto file = dir.path() / "file";
  const auto folder = dir.path() / "folder";
  std::ofstream(file) << "text";
  fs::create_directory(folder);
  remove_quietly(file);
  remove_quietly(folder);
  EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(RemoveQuietly, LeavesAFullFolderAndSaysNothing) {
  const TempDir dir;
  const auto inner = dir.path() / "inner";
  fs::create_directory(inner);
  errno = ENOTTY;
  remove_quietly(dir.path());
  remove_quietly("/no/such/file");
  EXPECT_EQ(errno, ENOTTY);
  EXPECT_TRUE(fs::exists(inner));
}

}  // namespace

}  // namespace progeny::platform
