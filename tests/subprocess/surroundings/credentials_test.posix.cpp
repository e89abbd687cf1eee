#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/children/public_child.posix.hpp"
#include "support/children/trace.hpp"
#include "support/faults/os_error.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

constexpr int stranger = 54321;  // No account needs this number; a privileged parent may use it.
constexpr long long all_ones = std::numeric_limits<std::uint32_t>::max();

bool is_privileged() {
  return ::geteuid() == 0;
}

// What `print_ids` says in a child with these options.
std::string ids_of_child(const sp::Options& options) {
  const PublicChild program;
  return sp::check_output(program.with("print_ids"), options);
}

template <class Number>
std::string three_times(Number number) {
  const std::string text = std::to_string(number);
  return text + " " + text + " " + text;
}

std::string joined(std::vector<gid_t> groups) {
  std::ranges::sort(groups);
  std::string text;
  for (const gid_t group : groups) {
    text += (text.empty() ? "" : " ") + std::to_string(group);
  }
  return text;
}

std::string own_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(::getgroups(0, nullptr)));
  EXPECT_NE(::getgroups(static_cast<int>(groups.size()), groups.data()), -1);
  return joined(groups);
}

// What `print_ids` says for these numbers.
std::string ids_text(uid_t user, gid_t group, const std::string& groups) {
  return three_times(user) + " / " + three_times(group) + " / " + groups;
}

// The ids of a child with these options, or EPERM and no child where the right is missing.
void expect_ids_or_eperm(const sp::Options& options, const std::string& ids) {
  if (is_privileged()) {
    EXPECT_EQ(ids_of_child(options), ids);
    return;
  }
  const Trace trace;
  EXPECT_EQ(failure_of([&] { sp::call(trace.command(), options); }), Failure{.error = EPERM});
  EXPECT_FALSE(trace.was_left());
}

// NOLINTBEGIN(concurrency-mt-unsafe): this program has one thread meanwhile.

// A name and number that the system knows.
passwd known_user() {
  ::setpwent();
  const passwd* first = ::getpwent();
  const passwd* second = ::getpwent();
  const passwd user = second != nullptr ? *second : *first;
  ::endpwent();
  return user;
}

group known_group() {
  ::setgrent();
  const group* first = ::getgrent();
  const group* second = ::getgrent();
  const group found = second != nullptr ? *second : *first;
  ::endgrent();
  return found;
}

// NOLINTEND(concurrency-mt-unsafe)

// SP-180, SP-185
TEST(User, ByNumberSetsAllThreeUserIdsAndNoGroup) {
  expect_ids_or_eperm({.user = stranger}, ids_text(stranger, ::getegid(), own_groups()));
}

// SP-180
TEST(User, ByNameIsThatUser) {
  const passwd user = known_user();
  expect_ids_or_eperm({.user = std::string(user.pw_name)},
                      ids_text(user.pw_uid, ::getegid(), own_groups()));
}

// SP-180
TEST(User, MayAlwaysBeOneself) {
  EXPECT_EQ(ids_of_child({.user = ::geteuid()}), ids_text(::geteuid(), ::getegid(), own_groups()));
}

// SP-180
TEST(User, IsEPERMWithoutAFileWhereTheRightIsMissing) {
  EXPECT_EQ(verdict_of_copy([] {
              if (is_privileged() && ::setuid(stranger) != 0) {
                return 1;
              }
              const auto become_another = [] { sp::call({"/"}, {.user = stranger + 1}); };
              return failure_of(become_another) == Failure{.error = EPERM} ? 0 : 2;
            }),
            0);
}

// SP-180
TEST(User, ThatNobodyKnowsIsALookupError) {
  const Trace trace;
  EXPECT_THROW(sp::call(trace.command(), {.user = "no such user"}), progeny::LookupError);
  EXPECT_FALSE(trace.was_left());
}

// SP-185
TEST(User, ChangesNoSupplementaryGroup) {
  EXPECT_EQ(verdict_of_copy([] {
              constexpr std::array<gid_t, 2> groups{54001, 54002};
              const bool chosen = is_privileged() && ::setgroups(groups.size(), groups.data()) == 0;
              const uid_t user = is_privileged() ? stranger : ::geteuid();
              const std::string expected =
                  ids_text(user, ::getegid(), chosen ? "54001 54002" : own_groups());
              return ids_of_child({.user = user}) == expected ? 0 : 1;
            }),
            0);
}

// SP-182
TEST(Group, ByNumberSetsAllThreeGroupIds) {
  expect_ids_or_eperm({.group = stranger}, ids_text(::geteuid(), stranger, own_groups()));
}

// SP-182
TEST(Group, ByNameIsThatGroup) {
  const group known = known_group();
  expect_ids_or_eperm({.group = std::string(known.gr_name)},
                      ids_text(::geteuid(), known.gr_gid, own_groups()));
}

// SP-182
TEST(Group, MayAlwaysBeOnesOwn) {
  EXPECT_EQ(ids_of_child({.group = ::getegid()}), ids_text(::geteuid(), ::getegid(), own_groups()));
}

// SP-180
TEST(Group, ThatNobodyKnowsIsALookupError) {
  const Trace trace;
  EXPECT_THROW(sp::call(trace.command(), {.group = "no such group"}), progeny::LookupError);
  EXPECT_THROW(sp::call(trace.command(), {.extra_groups = {0, "no such group"}}),
               progeny::LookupError);
  EXPECT_FALSE(trace.was_left());
}

// SP-181
TEST(IdNumber, ThatMeansUnchangedOrDoesNotFitIsAValueError) {
  const Trace trace;
  for (const long long number : {-1LL, -2LL, all_ones, all_ones + 1, 1LL << 40}) {
    EXPECT_THROW(sp::call(trace.command(), {.user = number}), progeny::ValueError) << number;
    EXPECT_THROW(sp::call(trace.command(), {.group = number}), progeny::ValueError) << number;
    EXPECT_THROW(sp::call(trace.command(), {.extra_groups = {number}}), progeny::ValueError)
        << number;
  }
  EXPECT_FALSE(trace.was_left());
}

// SP-183
TEST(ExtraGroups, OfNumbersAndNamesAreExactlyTheSet) {
  const group known = known_group();
  expect_ids_or_eperm({.extra_groups = {54001, std::string(known.gr_name), 54002}},
                      ids_text(::geteuid(), ::getegid(), joined({54001, known.gr_gid, 54002})));
}

// SP-183
TEST(ExtraGroups, MayBeNone) {
  expect_ids_or_eperm({.extra_groups = {}}, ids_text(::geteuid(), ::getegid(), ""));
}

// SP-183
TEST(ExtraGroups, OfMoreThanTheSystemAllowsAreAValueError) {
  const Trace trace;
  const auto limit = static_cast<std::size_t>(::sysconf(_SC_NGROUPS_MAX));
  const sp::Groups groups(std::vector<sp::Account>(limit + 1, sp::Account(1)));
  EXPECT_THROW(sp::call(trace.command(), {.extra_groups = groups}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-183
TEST(ExtraGroups, ComeTogetherWithUserAndGroup) {
  expect_ids_or_eperm({.user = stranger, .group = stranger + 1, .extra_groups = {54001}},
                      ids_text(stranger, stranger + 1, "54001"));
}

}  // namespace
