#include "base/deadline.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "platform/io/readable.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/process/sentinel.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;
using testing::ForkedChild;
using testing::verdict_of_copy;

const Deadline already(std::chrono::nanoseconds::zero());

// A process that has sent its lifeline here and does nothing more.
struct Owner {
  std::pair<Handle, Handle> sockets = make_message_sockets();
  ForkedChild process{[this] {
    static_cast<void>(send_message(sockets.first.get(), "x", std::array{own_sentinel()}));
    return ::pause();
  }};
  Handle lifeline = std::move(receive_message(sockets.second.get(), 16)->handles.front());
};

TEST(Lifeline, BreaksWhenItsProcessIsKilled) {
  Owner owner;
  EXPECT_FALSE(is_readable(owner.lifeline.get(), already));
  owner.process.kill();
  EXPECT_TRUE(is_readable(owner.lifeline.get(), Deadline(testing::very_long)));
}

// The lifeline stays with the process, so the tests that make it do so in a copy.
TEST(Lifeline, IsTheSameEachTimeAndNotInherited) {
  EXPECT_EQ(verdict_of_copy([] {
              const native_handle own = own_sentinel();
              const bool is_kept = own == own_sentinel() && testing::is_close_on_exec(own);
              return is_kept && !is_readable(own, already) ? 0 : 1;
            }),
            0);
}

TEST(Lifeline, OfACopyIsAnother) {
  EXPECT_EQ(verdict_of_copy([] {
              const native_handle of_parent = own_sentinel();
              return verdict_of_copy([of_parent] {
                const bool is_other = own_sentinel() != of_parent;
                const bool is_kept = testing::is_open(of_parent);
                return is_other && is_kept && !is_readable(of_parent, already) ? 0 : 1;
              });
            }),
            0);
}

TEST(Lifeline, IsNotKeptWholeByACopy) {
  const auto sockets = make_message_sockets();
  testing::OwnPipe go;
  ForkedChild owner([&] {
    static_cast<void>(send_message(sockets.first.get(), "x", std::array{own_sentinel()}));
    if (::fork() == 0) {
      go.write_end.reset();
      static_cast<void>(go.read(1));  // Until the test is over.
      ::_exit(0);
    }
    return 0;
  });
  const Handle lifeline = std::move(receive_message(sockets.second.get(), 16)->handles.front());
  EXPECT_EQ(owner.wait(), 0);
  EXPECT_TRUE(is_readable(lifeline.get(), Deadline(testing::very_long)));
}

TEST(Lifeline, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table("pipe", [] { static_cast<void>(own_sentinel()); }),
            testing::TableVerdict::as_promised);
}

TEST(DieWith, KillsTheProcessWhenTheLifelineBreaks) {
  Pipe pipe = make_pipe(PipeEnd::read);
  testing::OwnPipe ready;
  ForkedChild child([&] {
    pipe.write_end.reset();
    die_with(pipe.read_end.get());
    static_cast<void>(write_some(ready.write_end.get(), "x"));
    return ::pause();
  });
  EXPECT_EQ(ready.read(1), "x");
  EXPECT_TRUE(testing::is_running(child.pid()));
  pipe.write_end.reset();
  EXPECT_EQ(child.wait(), -SIGKILL);
}

TEST(DieWith, KillsAtOnceWhereItHasBroken) {
  Pipe pipe = make_pipe(PipeEnd::read);
  pipe.write_end.reset();
  ForkedChild child([&] {
    die_with(pipe.read_end.get());
    return 0;
  });
  EXPECT_EQ(child.wait(), -SIGKILL);
}

TEST(DieWith, LeavesTheHandleAndTheOthersThatHaveItAlone) {
  Pipe pipe = make_pipe(PipeEnd::read);
  testing::OwnPipe ready;
  ForkedChild tied([&] {
    pipe.write_end.reset();
    die_with(pipe.read_end.get());
    static_cast<void>(write_some(ready.write_end.get(), "x"));
    return ::pause();
  });
  ForkedChild free([&] {
    pipe.write_end.reset();
    static_cast<void>(is_readable(pipe.read_end.get(), Deadline()));
    return 7;
  });
  EXPECT_EQ(ready.read(1), "x");
  EXPECT_FALSE(is_readable(pipe.read_end.get(), already));
  pipe.write_end.reset();
  EXPECT_EQ(tied.wait(), -SIGKILL);
  EXPECT_EQ(free.wait(), 7);
}

TEST(DieWith, OfWhatIsNotOpenIsAnError) {
  EXPECT_EQ(testing::failure_of([] { die_with(Handle::none()); }).error, ENOENT);
}

TEST(DieWith, WithoutAFreeDescriptorIsAnError) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  EXPECT_EQ(testing::verdict_with_full_table("open", [&] { die_with(pipe.read_end.get()); }),
            testing::TableVerdict::as_promised);
}

}  // namespace

}  // namespace progeny::platform
