#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/ioctl.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Whether the pipe holds as much as it can.
bool is_full(int descriptor) {
  int bytes = 0;
  return ::ioctl(descriptor, FIONREAD, &bytes) == 0 && bytes == ::fcntl(descriptor, F_GETPIPE_SZ);
}

// A write that has moved a part when the reader goes returns that part, and sends SIGPIPE all the
// same. In a copy, because the signal would be the end of this program.
TEST(BrokenPipe, AmidAWriteThatBlocksIsEpipeAndNoSignal) {
  EXPECT_EQ(verdict_of_copy([] {
              sp::Popen p(child("pause_until_killed"), {.std_in = sp::PIPE});
              const int descriptor = p.std_in().fileno();
              const std::jthread killer([&p, descriptor] {
                static_cast<void>(eventually([=] { return is_full(descriptor); }));
                p.kill();
              });
              const Failure failure =
                  failure_of([&p] { p.std_in().write(std::string(8U << 20U, 'x')); });
              p.wait();
              return failure == Failure{.error = EPIPE} ? 0 : 1;
            }),
            0);
}

}  // namespace
