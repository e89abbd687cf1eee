// Reading and writing pipes: the waiting half of descriptor.hpp.

#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/system/blocking.posix.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <system_error>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::set_blocking;
using testing::verdict_of_copy;

// Writes to a pipe until it is full.
std::size_t fill(const Pipe& pipe) {
  const std::string block(4096, 'x');
  std::size_t written = 0;
  for (;;) {
    const IoResult result = try_write(pipe.write_end.get(), block);
    if (result.error) {
      EXPECT_EQ(result.error, std::errc::operation_would_block);
      return written;
    }
    written += result.count;
  }
}

std::string read_all(native_handle handle) {
  std::string bytes;
  std::array<char, 3000> space{};
  for (;;) {
    const IoResult result = read_some(handle, space);
    EXPECT_FALSE(result.error);
    if (result.count == 0) {
      return bytes;
    }
    bytes.append(space.data(), result.count);
  }
}

TEST(ReadSome, GivesWhatIsThereAndThenTheEnd) {
  Pipe pipe = make_pipe(PipeEnd::read);
  ASSERT_EQ(write_some(pipe.write_end.get(), "abcde").count, 5U);
  std::array<char, 3> space{};
  EXPECT_EQ(read_some(pipe.read_end.get(), space).count, 3U);
  EXPECT_EQ(read_some(pipe.read_end.get(), space).count, 2U);
  EXPECT_EQ(space[0], 'd');
  pipe.write_end.reset();
  const IoResult end = read_some(pipe.read_end.get(), space);
  EXPECT_EQ(end.count, 0U);
  EXPECT_FALSE(end.error);
}

TEST(ReadSome, WaitsAlsoWhereThePipeDoesNotBlock) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  set_blocking(pipe.read_end.get(), false);
  std::thread writer([&] { static_cast<void>(write_some(pipe.write_end.get(), "x")); });
  std::array<char, 3> space{};
  EXPECT_EQ(read_some(pipe.read_end.get(), space).count, 1U);
  writer.join();
}

TEST(WriteSome, WaitsForRoomAlsoWhereThePipeDoesNotBlock) {
  Pipe pipe = make_pipe(PipeEnd::read);
  set_blocking(pipe.write_end.get(), false);
  const std::size_t written = fill(pipe);
  std::string read;
  std::thread reader([&] { read = read_all(pipe.read_end.get()); });
  EXPECT_EQ(write_some(pipe.write_end.get(), "end").count, 3U);
  pipe.write_end.reset();
  reader.join();
  EXPECT_EQ(read.size(), written + 3);
  EXPECT_TRUE(read.ends_with("xend"));
}

// 0 if a pipe can be filled without waiting, and waits for others as before.
int fill_without_changing() {
  const Pipe pipe = make_pipe(PipeEnd::read);
  const std::size_t room = 65536;
  return fill(pipe) == room && testing::is_blocking(pipe.write_end.get()) ? 0 : 1;
}

// I4. The open file may be another process's stdout.
TEST(TryWrite, LeavesThePipeBlocking) {
  EXPECT_EQ(fill_without_changing(), 0);
}

// I4, B2. So it is with older kernels, and without /proc.
TEST(TryWrite, LeavesThePipeBlockingWhateverIsRefused) {
  for (const int error : {EPERM, ENOSYS, EINVAL, EACCES}) {
    EXPECT_EQ(verdict_of_copy([error] {
                testing::refuse_calls({SYS_pwritev2}, error);
                return fill_without_changing();
              }),
              0)
        << error;
    EXPECT_EQ(verdict_of_copy([error] {
                testing::refuse_calls({SYS_pwritev2, SYS_openat}, error);
                return fill_without_changing();
              }),
              0)
        << error << ", no /proc";
  }
}

// B2. snapd's and guardian's old profiles refuse pwritev2(2) by EPERM.
TEST(WriteSome, DoesWithoutACallThatIsRefused) {
  for (const int error : {EPERM, ENOSYS, EINVAL, EACCES}) {
    EXPECT_EQ(verdict_of_copy([error] {
                testing::refuse_calls({SYS_pwritev2}, error);
                Pipe pipe = make_pipe(PipeEnd::read);
                if (write_some(pipe.write_end.get(), "x").count != 1) {
                  return 1;
                }
                pipe.read_end.reset();
                return write_some(pipe.write_end.get(), "x").error == std::errc::broken_pipe &&
                               try_write(pipe.write_end.get(), "x").error == std::errc::broken_pipe
                           ? 0
                           : 2;
              }),
              0)
        << error;
  }
}

TEST(WriteSome, ToAPipeWithoutAReaderIsABrokenPipe) {
  Pipe pipe = make_pipe(PipeEnd::read);
  pipe.read_end.reset();
  EXPECT_EQ(write_some(pipe.write_end.get(), "x").error, std::errc::broken_pipe);
  EXPECT_EQ(try_write(pipe.write_end.get(), "x").error, std::errc::broken_pipe);
}

volatile std::sig_atomic_t broken_pipes = 0;

TEST(WriteSome, NeverRaisesSigpipe) {
  EXPECT_EQ(verdict_of_copy([] {
              std::signal(SIGPIPE, [](int) { broken_pipes = broken_pipes + 1; });
              Pipe pipe = make_pipe(PipeEnd::read);
              pipe.read_end.reset();
              for (int time = 0; time < 3; ++time) {
                static_cast<void>(write_some(pipe.write_end.get(), "x"));
              }
              struct sigaction after{};
              ::sigaction(SIGPIPE, nullptr, &after);
              sigset_t mask;
              ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
              const bool unchanged = after.sa_handler != SIG_DFL && after.sa_handler != SIG_IGN &&
                                     sigismember(&mask, SIGPIPE) == 0;
              return broken_pipes == 0 && unchanged ? 0 : 1;
            }),
            0);
}

TEST(WriteSome, LeavesAPendingSigpipePending) {
  EXPECT_EQ(verdict_of_copy([] {
              std::signal(SIGPIPE, [](int) { broken_pipes = broken_pipes + 1; });
              sigset_t pipe_only;
              sigset_t before;
              sigemptyset(&pipe_only);
              sigaddset(&pipe_only, SIGPIPE);
              ::pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
              static_cast<void>(::raise(SIGPIPE));
              Pipe pipe = make_pipe(PipeEnd::read);
              pipe.read_end.reset();
              static_cast<void>(write_some(pipe.write_end.get(), "x"));
              const bool silent = broken_pipes == 0;
              ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
              return silent && broken_pipes == 1 ? 0 : 1;
            }),
            0);
}

TEST(ReadAndWrite, LoseNothingUnderSignals) {
  const testing::SignalStorm storm;
  const int before = testing::SignalStorm::count();
  const std::string sent = testing::pattern(400'000);
  Pipe pipe = make_pipe(PipeEnd::read);
  std::thread writer([&] {
    std::string_view rest = sent;
    while (!rest.empty()) {
      const IoResult result = write_some(pipe.write_end.get(), rest);
      ASSERT_FALSE(result.error);
      rest.remove_prefix(result.count);
    }
    pipe.write_end.reset();
  });
  const std::string received = read_all(pipe.read_end.get());
  writer.join();
  EXPECT_TRUE(received == sent);
  EXPECT_TRUE(testing::eventually([&] { return testing::SignalStorm::count() > before; }));
}

}  // namespace

}  // namespace progeny::platform
