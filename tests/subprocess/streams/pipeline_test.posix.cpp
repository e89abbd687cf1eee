#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/blocking.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/syscall.h>

namespace {

using namespace progeny::testing;
using progeny::Handle;
namespace sp = progeny::subprocess;

// Two children write into one pipe: the one by its stdout, the other's input is communicate's. 0:
// all bytes arrive.
int share_a_pipe_end() {
  sp::Popen sink({"wc", "-c"}, {.std_in = sp::PIPE, .std_out = sp::PIPE});
  sp::Popen writer({"head", "-c", "3000000", "/dev/zero"}, {.std_out = sink.std_in()});
  const sp::Output output = sink.communicate(std::string(2'000'000, 'h'), very_long);
  return writer.wait(very_long) == 0 && output.std_out == "5000000\n" ? 0 : 1;
}

// I4
TEST(PipeEndSharedWithAWriter, LosesNothingWhileCommunicateFeedsIt) {
  for (int time = 0; time < 20; ++time) {
    ASSERT_EQ(share_a_pipe_end(), 0);
  }
}

// I4, B2
TEST(PipeEndSharedWithAWriter, LosesNothingOnOlderKernels) {
  EXPECT_EQ(verdict_of_copy([] {
              refuse_calls({SYS_pwritev2}, ENOSYS);
              return share_a_pipe_end();
            }),
            0);
}

// I4. The flag is looked at while there is still input to be sent.
TEST(Communicate, LeavesThePipeBlockingMeanwhile) {
  sp::Popen* talking = nullptr;
  int looks = 0;
  sp::Options options = all_pipes();
  options.on_std_out = [&](std::string_view) {
    if (!talking->std_in().closed()) {
      ++looks;
      EXPECT_TRUE(is_blocking(talking->std_in().fileno()));
    }
  };
  sp::Popen p({"cat"}, options);
  talking = &p;
  p.communicate(std::string(3'000'000, 'x'), very_long);
  EXPECT_GT(looks, 0);
}

// I4. What is buffered goes as far as there is room.
TEST(Popen, ThatIsKilledAtScopeExitLeavesThePipeBlocking) {
  Handle same;
  {
    sp::Popen p(child("pause_until_killed"),
                {.bufsize = 100'000, .std_in = sp::PIPE, .at_scope_exit = sp::AtScopeExit::kill});
    same = Handle(::fcntl(p.std_in().fileno(), F_DUPFD_CLOEXEC, 3));
    p.std_in().write(std::string(90'000, 'x'));
  }
  EXPECT_TRUE(is_blocking(same.get()));
}

}  // namespace
