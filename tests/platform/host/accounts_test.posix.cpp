#include "platform/host/accounts.hpp"
#include "support/faults/full_table.posix.hpp"

#include <gtest/gtest.h>

#include <climits>
#include <fstream>
#include <string>

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::TableVerdict;
using testing::verdict_with_full_table;

TEST(Accounts, FindAUserByName) {
  EXPECT_EQ(find_user("root"), 0U);
  const passwd* const own = ::getpwuid(::geteuid());
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(find_user(own->pw_name), ::geteuid());
}

TEST(Accounts, FindEveryGroupOfTheFile) {
  std::ifstream file("/etc/group");
  int found = 0;
  for (std::string line; std::getline(file, line); ++found) {
    const auto name = line.substr(0, line.find(':'));
    const group* const entry = ::getgrnam(name.c_str());
    ASSERT_NE(entry, nullptr) << name;
    EXPECT_EQ(find_group(name), entry->gr_gid) << name;
  }
  EXPECT_GT(found, 0);
}

TEST(Accounts, TellUsersFromGroups) {
  // Debian's group of those that may read logs has no user.
  ASSERT_NE(::getgrnam("adm"), nullptr);
  EXPECT_TRUE(find_group("adm"));
  EXPECT_FALSE(find_user("adm"));
}

TEST(Accounts, ThatDoNotExistAreNothing) {
  for (const std::string& name : {std::string("no such account"),
                                  std::string(),
                                  std::string("root:x"),
                                  std::string("0"),
                                  std::string(100'000, 'a')}) {
    EXPECT_FALSE(find_user(name)) << name.substr(0, 20);
    EXPECT_FALSE(find_group(name)) << name.substr(0, 20);
  }
}

// By the files alone: other services of the C library answer without them.
TEST(Accounts, WithoutAFreeDescriptorAreAnError) {
  EXPECT_EQ(verdict_with_full_table("getpwnam",
                                    [] {
                                      ::__nss_configure_lookup("passwd", "files");
                                      static_cast<void>(find_user("root"));
                                    }),
            TableVerdict::as_promised);
  EXPECT_EQ(verdict_with_full_table("getgrnam",
                                    [] {
                                      ::__nss_configure_lookup("group", "files");
                                      static_cast<void>(find_group("root"));
                                    }),
            TableVerdict::as_promised);
}

TEST(Accounts, HaveALimitOfGroups) {
  EXPECT_EQ(supplementary_group_limit(), std::size_t{NGROUPS_MAX});
}

}  // namespace

}  // namespace progeny::platform
