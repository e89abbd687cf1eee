#include "base/deadline.hpp"
#include "platform/io/pipe.hpp"
#include "platform/io/readable.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using namespace std::chrono_literals;
using detail::Deadline;
using testing::Failure;
using testing::failure_of;
using Indices = std::vector<std::size_t>;

const Deadline already(0ns);

void write_byte(const Pipe& pipe) {
  EXPECT_EQ(::write(pipe.write_end.get(), "x", 1), 1);
}

TEST(Readable, NamesAllThatAreReadyInOrder) {
  std::array<Pipe, 4> pipes;
  std::vector<native_handle> handles;
  for (Pipe& pipe : pipes) {
    pipe = make_pipe(PipeEnd::read);
    handles.push_back(pipe.read_end.get());
  }
  write_byte(pipes[3]);
  write_byte(pipes[1]);
  EXPECT_EQ(all_readable(handles, Deadline()), (Indices{1, 3}));
  EXPECT_EQ(all_readable(handles, already), (Indices{1, 3})) << "nothing is consumed";
  pipes[0].write_end.reset();
  EXPECT_EQ(all_readable(handles, already), (Indices{0, 1, 3})) << "the end can be received";
}

TEST(Readable, IsNothingAtTheDeadline) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(all_readable(std::array{pipe.read_end.get()}, Deadline(20ms)), Indices{});
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 20ms);
  EXPECT_FALSE(is_readable(pipe.read_end.get(), Deadline(5ms)));
  EXPECT_EQ(all_readable({}, already), Indices{});
}

TEST(Readable, WaitsTheWholeTimeUnderSignals) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  const testing::SignalStorm storm;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(is_readable(pipe.read_end.get(), Deadline(50ms)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 50ms);
}

TEST(Readable, OfOneLooksOnceEvenPastTheDeadline) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  write_byte(pipe);
  EXPECT_TRUE(is_readable(pipe.read_end.get(), already));
  EXPECT_TRUE(is_readable(pipe.read_end.get(), Deadline(-1s)));
}

TEST(Readable, OfWhatIsNotOpenIsAnError) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  const native_handle closed = ::dup(pipe.read_end.get());
  ::close(closed);
  for (const native_handle handle : {closed, Handle::none(), -2}) {
    const Failure bad{.error = EBADF};
    EXPECT_EQ(failure_of([&] { static_cast<void>(is_readable(handle, Deadline())); }), bad);
    const std::array handles{pipe.read_end.get(), handle};
    EXPECT_EQ(failure_of([&] { static_cast<void>(all_readable(handles, Deadline())); }), bad);
  }
}

TEST(Readable, TakesHandlesOfAnyNumber) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              constexpr int large = 3000;
              const rlimit limits{.rlim_cur = large + 1, .rlim_max = large + 1};
              ::setrlimit(RLIMIT_NOFILE, &limits);
              const Pipe pipe = make_pipe(PipeEnd::read);
              const Handle high(::fcntl(pipe.read_end.get(), F_DUPFD_CLOEXEC, large));
              const std::vector<native_handle> many(2000, high.get());
              write_byte(pipe);
              return high && all_readable(many, Deadline()).size() == many.size() ? 0 : 1;
            }),
            0);
}

// poll(2) takes no more entries than the process may have descriptors.
TEST(Readable, OfMoreThanTheSystemTakesIsAnError) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              const Pipe pipe = make_pipe(PipeEnd::read);
              const rlimit limits{.rlim_cur = 100, .rlim_max = 100};
              ::setrlimit(RLIMIT_NOFILE, &limits);
              const std::vector<native_handle> many(101, pipe.read_end.get());
              const auto failure =
                  failure_of([&] { static_cast<void>(all_readable(many, already)); });
              return failure.error == EINVAL ? 0 : 1;
            }),
            0);
}

}  // namespace

}  // namespace progeny::platform
