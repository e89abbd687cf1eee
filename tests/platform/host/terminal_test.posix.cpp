#include "base/deadline.hpp"
#include "platform/host/terminal.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/io/readable.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <string_view>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;
using testing::TableVerdict;
using testing::verdict_of_copy;

constexpr TerminalSize usual{.rows = 24, .columns = 80};

TerminalSize size_of(native_handle terminal) {
  winsize window{};
  EXPECT_EQ(::ioctl(terminal, TIOCGWINSZ, &window), 0);
  return {.rows = window.ws_row, .columns = window.ws_col};
}

std::string read_line(native_handle terminal) {
  std::string line;
  while (!line.ends_with('\n')) {
    char byte = 0;  // One at a time: the next line may be there already.
    const IoResult result = read_some(terminal, {&byte, 1});
    if (result.error || result.count == 0) {
      return line + "<end>";
    }
    line += byte;
  }
  return line;
}

TEST(Terminal, IsOneOfTheSizeAskedFor) {
  const Terminal terminal({.rows = 5, .columns = 130}, true);
  EXPECT_EQ(::isatty(terminal.stream_of_child()), 1);
  EXPECT_EQ(size_of(terminal.stream_of_child()).rows, 5);
  EXPECT_EQ(size_of(terminal.stream_of_child()).columns, 130);
  EXPECT_EQ(terminal.of_launch(), terminal.stream_of_child());
}

TEST(Terminal, ShowsWhatIsTypedIfItIsToldTo) {
  for (const bool echo : {true, false}) {
    Terminal terminal(usual, echo);
    const Handle writer = terminal.make_writer();
    const Handle reader = terminal.take_reader();
    EXPECT_EQ(write_some(writer.get(), "typed\n").count, 6U);
    EXPECT_EQ(read_line(terminal.stream_of_child()), "typed\n");
    EXPECT_EQ(write_some(terminal.stream_of_child(), "said\n").count, 5U);
    EXPECT_EQ(read_line(reader.get()), echo ? "typed\r\n" : "said\r\n");
  }
}

TEST(Terminal, GivesHandlesThatNoProgramInherits) {
  Terminal terminal(usual, true);
  const Handle writer = terminal.make_writer();
  const Handle reader = terminal.take_reader();
  EXPECT_TRUE(testing::is_close_on_exec(writer.get()));
  EXPECT_TRUE(testing::is_close_on_exec(reader.get()));
  EXPECT_TRUE(testing::is_close_on_exec(terminal.stream_of_child()));
}

TEST(Terminal, StaysClearOfTheStandardStreams) {
  EXPECT_EQ(verdict_of_copy([] {
              ::close(0);
              ::close(1);
              ::close(2);
              Terminal terminal(usual, true);
              const Handle writer = terminal.make_writer();
              const Handle reader = terminal.take_reader();
              return writer.get() > 2 && reader.get() > 2 && terminal.stream_of_child() > 2 ? 0 : 1;
            }),
            0);
}

TEST(Terminal, GivesItsReaderOnce) {
  Terminal terminal(usual, true);
  EXPECT_TRUE(terminal.take_reader());
  EXPECT_FALSE(terminal.take_reader());
}

TEST(Terminal, GivesNoWriterAfterItsReader) {
  Terminal terminal(usual, true);
  const Handle reader = terminal.take_reader();
  EXPECT_THROW(static_cast<void>(terminal.make_writer()), OSError);
}

TEST(Terminal, EndsItsOutputWhenNobodyHasItsOtherSide) {
  Terminal terminal(usual, true);
  const Handle reader = terminal.take_reader();
  EXPECT_FALSE(is_readable(reader.get(), Deadline(std::chrono::nanoseconds::zero())));
  terminal.launched(Handle::none());
  EXPECT_EQ(terminal.stream_of_child(), Handle::none());
  EXPECT_EQ(read_line(reader.get()), "<end>");
}

TEST(Terminal, IsHungUpWithItsLastHandle) {
  Handle child_side;
  {
    const Terminal terminal(usual, true);
    child_side = Handle(::dup(terminal.stream_of_child()));
  }
  EXPECT_EQ(read_line(child_side.get()), "<end>");
}

TEST(Terminal, ChangesItsSize) {
  Terminal terminal(usual, true);
  terminal.resize(Handle::none(), {.rows = 10, .columns = 20});
  EXPECT_EQ(size_of(terminal.stream_of_child()).rows, 10);
  const Handle reader = terminal.take_reader();
  terminal.resize(reader.get(), {.rows = 11, .columns = 21});
  EXPECT_EQ(size_of(terminal.stream_of_child()).columns, 21);
  terminal.resize(Handle::none(), {.rows = 12, .columns = 22});
  EXPECT_EQ(size_of(terminal.stream_of_child()).columns, 21);
}

TEST(Terminal, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table("posix_openpt", [] { Terminal(usual, true); }),
            TableVerdict::as_promised);
  EXPECT_EQ(testing::verdict_with_full_table(
                "ioctl(TIOCGPTPEER)", [] { Terminal(usual, true); }, 1),
            TableVerdict::as_promised);
}

TEST(Terminal, WithoutRoomForAWriterIsAnError) {
  Terminal terminal(usual, true);
  EXPECT_EQ(testing::verdict_with_full_table("fcntl(F_DUPFD_CLOEXEC)",
                                             [&] { static_cast<void>(terminal.make_writer()); }),
            TableVerdict::as_promised);
}

TEST(EndOfTyping, EndsTheInputOfAReaderOfLines) {
  const Terminal terminal(usual, false);
  EXPECT_EQ(end_of_typing(terminal.stream_of_child()), "\x04\x04");
  termios mode{};
  ASSERT_EQ(::tcgetattr(terminal.stream_of_child(), &mode), 0);
  mode.c_cc[VEOF] = 'q';
  ASSERT_EQ(::tcsetattr(terminal.stream_of_child(), TCSANOW, &mode), 0);
  EXPECT_EQ(end_of_typing(terminal.stream_of_child()), "qq");
}

TEST(EndOfTyping, IsNothingForSingleKeysAndForWhatIsNoTerminal) {
  const Terminal terminal(usual, false);
  termios mode{};
  ASSERT_EQ(::tcgetattr(terminal.stream_of_child(), &mode), 0);
  mode.c_lflag &= ~static_cast<tcflag_t>(ICANON);
  ASSERT_EQ(::tcsetattr(terminal.stream_of_child(), TCSANOW, &mode), 0);
  EXPECT_EQ(end_of_typing(terminal.stream_of_child()), "");
  EXPECT_EQ(end_of_typing(open_null_device().get()), "");
  EXPECT_EQ(end_of_typing(Handle::none()), "");
}

}  // namespace

}  // namespace progeny::platform
