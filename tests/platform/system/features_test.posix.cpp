#include "platform/program/modules.hpp"
#include "platform/system/features.hpp"
#include "support/system/scoped_env.hpp"

#include <progeny/os/environment.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <sstream>
#include <string>

namespace progeny::platform {

namespace {

using testing::ScopedEnv;

std::set<std::string> words_between_commas(const std::string& list) {
  std::set<std::string> words;
  std::istringstream items(list);
  for (std::string word; std::getline(items, word, ',');) {
    words.insert(word);
  }
  return words;
}

// Is run by the other tests, too, in programs that begin with other variables.
TEST(Features, AreThoseThatTheEnvironmentLeaves) {
  const auto disabled = words_between_commas(testing::variable("PROGENY_WITHOUT").value_or(""));
  EXPECT_EQ(is_disabled(Feature::pidfd), disabled.contains("pidfd"));
  EXPECT_EQ(is_disabled(Feature::close_range), disabled.contains("close_range"));
  EXPECT_EQ(is_disabled(Feature::nosignal_write), disabled.contains("nosignal_write"));
  EXPECT_EQ(is_disabled(Feature::futex_waitv), disabled.contains("futex_waitv"));
  EXPECT_EQ(forced_launch(), testing::variable("PROGENY_LAUNCH").value_or("").substr(0, 16));
}

// The return code of that test in a program that begins with this value.
std::int64_t result_with(const std::string& name, const std::string& value) {
  Environment environment = os::environment();
  environment.set(name, value);
  return subprocess::run(
             {program_path(), "--gtest_filter=Features.AreThoseThatTheEnvironmentLeaves"},
             {.std_out = subprocess::DEVNULL, .env = environment})
      .returncode;
}

TEST(Features, AreNamedInAnyNumberAndOrder) {
  for (const char* const list : {"",
                                 "pidfd",
                                 "close_range",
                                 "nosignal_write",
                                 "futex_waitv",
                                 "futex_waitv,pidfd",
                                 ",,close_range,",
                                 "pidfdx,xclose_range,nosignal",
                                 "pidfd close_range"}) {
    EXPECT_EQ(result_with("PROGENY_WITHOUT", list), 0) << list;
  }
}

TEST(Features, KeepTheBeginningOfALongBackEndName) {
  for (const char* const name : {"fork", "vfork", "sixteen_letters.", "seventeen_letters"}) {
    EXPECT_EQ(result_with("PROGENY_LAUNCH", name), 0) << name;
  }
}

TEST(Features, AreReadOnce) {
  const bool before = is_disabled(Feature::pidfd);
  const std::string launch_before(forced_launch());
  const ScopedEnv without("PROGENY_WITHOUT", before ? "close_range" : "pidfd");
  const ScopedEnv launch("PROGENY_LAUNCH", launch_before + "x");
  EXPECT_EQ(is_disabled(Feature::pidfd), before);
  EXPECT_EQ(forced_launch(), launch_before);
}

}  // namespace

}  // namespace progeny::platform
