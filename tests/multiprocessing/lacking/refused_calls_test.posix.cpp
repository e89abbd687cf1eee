#include "multiprocessing/lacking/whole_library.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace {

using progeny::testing::complaints_of_whole_library;

constexpr long number_of_futex_waitv = 449;

/// A call that kernels lack and sandboxes refuse, and that the library has something else for.
struct Optional {
  const char* name;
  std::vector<std::string> refusal;  ///< Number, and what may follow the error.
};

// B5: without a pidfd, a child of the forkserver cannot be killed yet.
constexpr const char* all_but_kills_by_pidfd = "!kill forkserver";

std::ostream& operator<<(std::ostream& out, const Optional& call) {
  return out << call.name;
}

Optional call(const char* name, long number) {
  return {.name = name, .refusal = {std::to_string(number), "-", "-"}};
}

Optional call_with(const char* name, long number, unsigned argument, unsigned value) {
  return {.name = name,
          .refusal = {std::to_string(number), std::to_string(argument), std::to_string(value)}};
}

// clone3(2) is left out: with EPERM the C library itself makes no thread.
const std::vector<Optional>& optional_calls() {
  static const std::vector<Optional> calls{
      call("pidfd_open", SYS_pidfd_open),
      call("pidfd_send_signal", SYS_pidfd_send_signal),
      call_with("waitid_P_PIDFD", SYS_waitid, 0, P_PIDFD),
      call("pwritev2", SYS_pwritev2),
      call("close_range", SYS_close_range),
      call("memfd_create", SYS_memfd_create),
      call("eventfd2", SYS_eventfd2),
      call("getrandom", SYS_getrandom),
      call("futex_waitv", number_of_futex_waitv),
      call("set_robust_list", SYS_set_robust_list),
      call("get_robust_list", SYS_get_robust_list),
      call("vfork", SYS_vfork),
      call("fallocate", SYS_fallocate),
      call("sysinfo", SYS_sysinfo),
      call("madvise", SYS_madvise),
      call("sched_getaffinity", SYS_sched_getaffinity),
      call("sched_yield", SYS_sched_yield),
      call("statx", SYS_statx),
      call("membarrier", SYS_membarrier),
      call("personality", SYS_personality),
      call("process_vm_readv", SYS_process_vm_readv),
      call("copy_file_range", SYS_copy_file_range),
      call("splice", SYS_splice),
      call("io_uring_setup", SYS_io_uring_setup),
      call_with("F_SETPIPE_SZ", SYS_fcntl, 1, F_SETPIPE_SZ),
      call("prctl", SYS_prctl),  // Last, as the test itself refuses calls by it.
  };
  return calls;
}

std::string complaints_without(const std::vector<const Optional*>& calls, int error) {
  std::vector<std::string> words{all_but_kills_by_pidfd, "0"};
  for (const Optional* refused : calls) {
    words.insert(
        words.end(),
        {refused->refusal[0], std::to_string(error), refused->refusal[1], refused->refusal[2]});
  }
  return complaints_of_whole_library(words);
}

constexpr std::array errors{EPERM, ENOSYS, EINVAL, EACCES};

/// B1 to B6. With PROGENY_ALL_REFUSALS in the environment each call with each error, else those
/// that real sandboxes and kernels answer.
class RefusedCall : public ::testing::TestWithParam<Optional> {};

TEST_P(RefusedCall, IsMadeUpFor) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing sets variables.
  const bool all = std::getenv("PROGENY_ALL_REFUSALS") != nullptr;
  for (const int error : errors) {
    if (all) {
      EXPECT_EQ(complaints_without({&GetParam()}, error), "") << std::strerror(error);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Calls,
                         RefusedCall,
                         ::testing::ValuesIn(optional_calls()),
                         [](const auto& about) { return std::string(about.param.name); });

/// C1. `ulimit -f`: SIGXFSZ would end the process at its first shared object.
TEST(LimitOfFiles, IsAnErrorAndNoSignal) {
  for (const char* const what : {"locks", "queues", "pipes", "memory", "spawn"}) {
    const std::string complaints = complaints_of_whole_library({what, "0"}, "ulimit -f 0");
    EXPECT_NE(complaints.find("ends with 1: "), std::string::npos) << complaints;
    EXPECT_NE(complaints.find(std::strerror(EFBIG)), std::string::npos) << complaints;
  }
}

/// Kernel 5.4 without its newer relatives, and a sandbox that knows nothing new: all of them at
/// once.
TEST(RefusedCalls, AreMadeUpForAllAtOnce) {
  std::vector<const Optional*> all;
  for (const Optional& each : optional_calls()) {
    all.push_back(&each);
  }
  for (const int error : errors) {
    EXPECT_EQ(complaints_without(all, error), "") << std::strerror(error);
  }
}

}  // namespace
