#include <progeny/os/environment.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

namespace os = progeny::os;

TEST(OsCpuCount, IsTheNumberOfProcessors) {
  EXPECT_EQ(os::cpu_count(), static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)));
}

// Replaces the environment of this process for as long as it lives.
class RawEnvironment {
 public:
  explicit RawEnvironment(std::vector<std::string> entries) : entries_(std::move(entries)) {
    for (std::string& entry : entries_) {
      pointers_.push_back(entry.data());
    }
    pointers_.push_back(nullptr);
    before_ = std::exchange(environ, pointers_.data());
  }
  RawEnvironment(const RawEnvironment&) = delete;
  RawEnvironment& operator=(const RawEnvironment&) = delete;
  ~RawEnvironment() { environ = before_; }

 private:
  std::vector<std::string> entries_;
  std::vector<char*> pointers_;
  char** before_;
};

// I1. As getenv(3), Python and most programs.
TEST(OsEnvironment, TakesTheFirstOfTwoEntriesWithOneName) {
  const RawEnvironment environment({"PEAR=first", "APPLE=1", "PEAR=second"});
  EXPECT_EQ(os::environment().get("PEAR"), "first");
}

// I2. Wine and cmd.exe leave such entries.
TEST(OsEnvironment, LeavesOutEntriesThatAreNoVariables) {
  const RawEnvironment environment({"=::=::\\", "=C:=C:\\", "no equals sign", "", "PEAR=1"});
  const auto copy = os::environment();
  EXPECT_EQ(std::distance(copy.begin(), copy.end()), 1);
  EXPECT_EQ(progeny::subprocess::check_output({"/bin/sh", "-c", "echo $PEAR"}, {.env = copy}),
            "1\n");
}

}  // namespace
