#include "base/deadline.hpp"
#include "platform/io/pipe.hpp"
#include "platform/io/readable.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <optional>

#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;

const Deadline already(std::chrono::nanoseconds::zero());

TEST(WaitReadable, IsNothingAtTheDeadline) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  const std::array handles{pipe.read_end.get()};
  EXPECT_EQ(wait_readable(handles, already), std::nullopt);
  EXPECT_EQ(wait_readable(handles, Deadline(std::chrono::milliseconds(5))), std::nullopt);
}

TEST(WaitReadable, LooksOnceEvenPastTheDeadline) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  ASSERT_EQ(::write(pipe.write_end.get(), "x", 1), 1);
  EXPECT_EQ(wait_readable(std::array{pipe.read_end.get()}, already), 0U);
}

TEST(WaitReadable, NamesTheFirstThatIsReady) {
  const Pipe silent = make_pipe(PipeEnd::read);
  const Pipe first = make_pipe(PipeEnd::read);
  const Pipe second = make_pipe(PipeEnd::read);
  ASSERT_EQ(::write(first.write_end.get(), "x", 1), 1);
  ASSERT_EQ(::write(second.write_end.get(), "x", 1), 1);
  const std::array handles{silent.read_end.get(), first.read_end.get(), second.read_end.get()};
  EXPECT_EQ(wait_readable(handles, Deadline()), 1U);
}

TEST(WaitReadable, TakesAClosedOtherEndForReady) {
  Pipe pipe = make_pipe(PipeEnd::read);
  pipe.write_end.reset();
  EXPECT_EQ(wait_readable(std::array{pipe.read_end.get()}, Deadline(testing::very_long)), 0U);
}

TEST(WaitReadable, LeavesOutWhatIsNoHandle) {
  Pipe pipe = make_pipe(PipeEnd::read);
  pipe.write_end.reset();
  const std::array handles{Handle::none(), pipe.read_end.get()};
  EXPECT_EQ(wait_readable(handles, Deadline(testing::very_long)), 1U);
  EXPECT_EQ(wait_readable(std::array{Handle::none()}, already), std::nullopt);
}

}  // namespace

}  // namespace progeny::platform
