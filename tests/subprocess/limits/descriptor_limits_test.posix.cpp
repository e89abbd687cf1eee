#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Leaves this process exactly `count` free descriptors, until it goes.
class FewDescriptors {
 public:
  explicit FewDescriptors(std::size_t count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit narrow = before_;
    narrow.rlim_cur = std::min<rlim_t>(200, before_.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &narrow);
    for (int copy = 0; (copy = ::fcntl(2, F_DUPFD, 0)) != -1;) {
      copies_.push_back(copy);
    }
    for (std::size_t i = 0; i < count; ++i) {
      ::close(copies_.back());
      copies_.pop_back();
    }
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() {
    std::ranges::for_each(copies_, [](int copy) { ::close(copy); });
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  rlimit before_{};
  std::vector<int> copies_;
};

// SP-068
TEST(DescriptorLimit, TenFreeDescriptorsSufficeForLaunchesInARow) {
  EXPECT_EQ(verdict_of_copy([] {
              const FewDescriptors few(10);
              for (int i = 0; i < 15; ++i) {
                sp::Popen p(child("echo_to_both"), all_pipes());
                if (p.communicate("pear").std_err != "pear") {
                  return 1;
                }
              }
              return 0;
            }),
            0);
}

// SP-069
TEST(DescriptorLimit, IsNotApproachedByLaunchesThatFail) {
  const std::size_t before = open_descriptors();
  const Failure expected{.error = ENOENT, .filename = "/no/such/program"};
  for (int i = 0; i < 1024; ++i) {
    ASSERT_EQ(failure_of([] { const sp::Popen p({"/no/such/program"}, all_pipes()); }), expected);
  }
  EXPECT_LE(open_descriptors(), before);
}

// SP-069
TEST(DescriptorLimit, IsNotApproachedByLaunchesWithAHookThatFail) {
  const std::size_t before = open_descriptors();
  sp::Options options = all_pipes();
  options.preexec_fn = [] {};
  for (int i = 0; i < 100; ++i) {
    ASSERT_THROW(sp::Popen({"/no/such/program"}, options), progeny::OSError);
  }
  EXPECT_LE(open_descriptors(), before);
}

// SP-071
TEST(DescriptorLimit, ReachedAtAnyOfThreePipesIsEMFILEAndLeavesNothingOpen) {
  for (std::size_t free = 0; free < 6; ++free) {
    EXPECT_EQ(verdict_of_copy([free] {
                const std::size_t before = open_descriptors();
                int error = 0;
                {
                  const FewDescriptors few(free);
                  error = failure_of([] {
                            const sp::Popen p(child("exit_with", "0"), all_pipes());
                          }).error;
                }
                return error == EMFILE && open_descriptors() == before ? 0 : 1;
              }),
              0)
        << free << " free";
  }
}

// SP-071
TEST(DescriptorLimit, ReachedAfterThePipesIsEMFILEOrNoMatter) {
  for (std::size_t free = 6; free < 9; ++free) {
    EXPECT_EQ(verdict_of_copy([free] {
                const std::size_t before = open_descriptors();
                int error = 0;
                {
                  const FewDescriptors few(free);
                  error = failure_of([] {
                            sp::Popen p(child("echo_to_both"), all_pipes());
                            p.communicate("pear");
                          }).error;
                }
                return (error == 0 || error == EMFILE) && open_descriptors() == before ? 0 : 1;
              }),
              0)
        << free << " free";
  }
}

}  // namespace
