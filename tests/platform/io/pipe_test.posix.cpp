#include "platform/io/pipe.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/system/handle_facts.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <system_error>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::is_close_on_exec;
using testing::verdict_of_copy;

// SP-061
TEST(Pipe, StaysClearOfTheStandardStreamsEvenIfTheyAreClosed) {
  EXPECT_EQ(verdict_of_copy([] {
              ::close(0);
              ::close(1);
              ::close(2);
              const Pipe pipe = make_pipe(PipeEnd::read);
              const bool clear = pipe.read_end.get() > 2 && pipe.write_end.get() > 2;
              const bool marked =
                  is_close_on_exec(pipe.read_end.get()) && is_close_on_exec(pipe.write_end.get());
              const bool left_closed = !testing::is_open(0) && !testing::is_open(1);
              return clear && marked && left_closed ? 0 : 1;
            }),
            0);
}

TEST(Pipe, WithoutAFreeDescriptorIsAnErrorOfPipe) {
  EXPECT_EQ(verdict_of_copy([] {
              const rlimit none{.rlim_cur = 3, .rlim_max = 3};
              ::setrlimit(RLIMIT_NOFILE, &none);
              try {
                static_cast<void>(make_pipe(PipeEnd::read));
                return 1;
              } catch (const OSError& error) {
                const bool right = error.code() == std::errc::too_many_files_open;
                return right && error.call() == "pipe" ? 0 : 2;
              }
            }),
            0);
}

TEST(Pipe, CanBeGivenMoreRoom) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  constexpr int room = 256 * 1024;
  EXPECT_FALSE(resize_pipe(pipe.read_end.get(), room));
  EXPECT_EQ(::fcntl(pipe.write_end.get(), F_GETPIPE_SZ), room);
}

TEST(Pipe, ThatIsNoneCannotBeGivenMoreRoom) {
  EXPECT_EQ(resize_pipe(-1, 4096), std::errc::bad_file_descriptor);
}

}  // namespace

}  // namespace progeny::platform
