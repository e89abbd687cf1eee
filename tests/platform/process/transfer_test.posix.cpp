#include "base/deadline.hpp"
#include "platform/host/terminal.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "platform/process/transfer.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using namespace std::chrono_literals;
using detail::Deadline;

const Deadline already(0ns);

class Collector : public Sink {
 public:
  std::span<char> space() override { return space_; }
  void filled(std::size_t count) override { text.append(space_.data(), count); }

  std::string text;

 private:
  std::array<char, 100'000> space_{};
};

// What is written to the pipe of the feed comes out of the same pipe into the drain.
struct Loop {
  Pipe pipe = make_pipe(PipeEnd::write);
  Collector collector;
  Feed feed{.pipe = &pipe.write_end};
  std::array<Drain, 1> drains{Drain{.pipe = &pipe.read_end, .sink = &collector}};

  TransferEnd run(const Deadline& deadline = Deadline(), const Event* cancel = nullptr) {
    return transfer(feed, drains, deadline, cancel);
  }
};

TEST(Transfer, FeedsAndDrainsMoreThanAPipeHolds) {
  const std::string sent = testing::pattern(1'000'000);
  for (const bool may_grow : {false, true}) {
    Loop loop;
    loop.feed.bytes = sent;
    loop.feed.may_grow = may_grow;
    loop.drains[0].may_grow = may_grow;
    EXPECT_EQ(loop.run(), TransferEnd::finished);
    EXPECT_TRUE(loop.collector.text == sent);
    EXPECT_FALSE(loop.pipe.write_end);
    EXPECT_FALSE(loop.pipe.read_end);
    EXPECT_FALSE(loop.feed.error);
  }
}

TEST(Transfer, GivesAPipeRoomForMuchInputOnlyIfItMay) {
  const std::string much(100'000, 'x');
  for (const bool may_grow : {false, true}) {
    Loop loop;
    const int before = ::fcntl(loop.pipe.read_end.get(), F_GETPIPE_SZ);
    loop.feed.bytes = much;
    loop.feed.may_grow = may_grow;
    Handle kept = std::move(loop.pipe.read_end);
    EXPECT_EQ(loop.run(already), may_grow ? TransferEnd::finished : TransferEnd::timed_out);
    EXPECT_EQ(::fcntl(kept.get(), F_GETPIPE_SZ) > before, may_grow);
  }
}

TEST(Transfer, ClosesAtOnceWhatHasNothingToSend) {
  Loop loop;
  EXPECT_EQ(loop.run(), TransferEnd::finished);
  EXPECT_FALSE(loop.pipe.write_end);
  EXPECT_EQ(loop.collector.text, "");
}

TEST(Transfer, OfNothingIsFinished) {
  Feed none;
  EXPECT_EQ(transfer(none, {}, Deadline(), nullptr), TransferEnd::finished);
}

TEST(Transfer, StopsFeedingWhenNobodyReads) {
  Loop loop;
  const std::string much(1'000'000, 'x');
  loop.feed.bytes = much;
  loop.pipe.read_end.reset();
  EXPECT_EQ(loop.run(), TransferEnd::finished);
  EXPECT_FALSE(loop.pipe.write_end);
  EXPECT_FALSE(loop.feed.error) << "a reader that is gone is no error";
}

TEST(Transfer, TellsWhyItCouldNotFeed) {
  Handle full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  Feed feed{.pipe = &full, .bytes = "text"};
  EXPECT_EQ(transfer(feed, {}, Deadline(), nullptr), TransferEnd::finished);
  EXPECT_EQ(feed.error, std::errc::no_space_on_device);
  EXPECT_FALSE(full);
}

TEST(Transfer, GoesOnAfterADeadlineWithWhatIsLeft) {
  Loop loop;
  const std::string sent = testing::pattern(1'000'000);
  loop.feed.bytes = sent;
  Handle kept = std::move(loop.pipe.read_end);
  EXPECT_EQ(loop.run(Deadline(10ms)), TransferEnd::timed_out);
  EXPECT_LT(loop.feed.bytes.size(), sent.size());
  EXPECT_GT(loop.feed.bytes.size(), 0U);
  loop.pipe.read_end = std::move(kept);
  EXPECT_EQ(loop.run(Deadline(testing::very_long)), TransferEnd::finished);
  EXPECT_TRUE(loop.collector.text == sent);
}

TEST(Transfer, LeavesThePipesAsBlockingAsTheyWere) {
  Loop loop;
  const std::string much(1'000'000, 'x');
  loop.feed.bytes = much;
  Handle kept = std::move(loop.pipe.read_end);
  EXPECT_EQ(loop.run(already), TransferEnd::timed_out);
  EXPECT_EQ(::fcntl(loop.pipe.write_end.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(Transfer, MovesPastTheDeadlineWhatIsThere) {
  Loop loop;
  ASSERT_EQ(write_some(loop.pipe.write_end.get(), "there").count, 5U);
  const Handle kept = std::move(loop.pipe.write_end);
  EXPECT_EQ(loop.run(already), TransferEnd::timed_out);
  EXPECT_EQ(loop.collector.text, "there");
}

TEST(Transfer, IsNotKeptByAChildThatNeverStopsWriting) {
  Loop loop;
  Handle zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  std::array drains{Drain{.pipe = &zeros, .sink = &loop.collector}};
  Feed none;
  EXPECT_EQ(transfer(none, drains, already, nullptr), TransferEnd::timed_out);
  EXPECT_GT(loop.collector.text.size(), 0U);
}

TEST(Transfer, EndsWhenItIsCancelled) {
  Loop loop;
  Event cancel;
  std::thread canceller([&] { cancel.set(); });
  const Handle kept = std::move(loop.pipe.write_end);
  EXPECT_EQ(loop.run(Deadline(), &cancel), TransferEnd::cancelled);
  canceller.join();
  EXPECT_TRUE(loop.pipe.read_end);
}

TEST(Transfer, DrainsTwoPipes) {
  Pipe first = make_pipe(PipeEnd::read);
  Pipe second = make_pipe(PipeEnd::read);
  ASSERT_EQ(write_some(first.write_end.get(), "one").count, 3U);
  ASSERT_EQ(write_some(second.write_end.get(), "two").count, 3U);
  first.write_end.reset();
  second.write_end.reset();
  Collector one;
  Collector two;
  std::array drains{Drain{.pipe = &first.read_end, .sink = &one},
                    Drain{.pipe = &second.read_end, .sink = &two}};
  Feed none;
  EXPECT_EQ(transfer(none, drains, Deadline(), nullptr), TransferEnd::finished);
  EXPECT_EQ(one.text, "one");
  EXPECT_EQ(two.text, "two");
}

TEST(Transfer, OfWhatCannotBeReadIsAnError) {
  Handle folder(::open("/", O_RDONLY | O_CLOEXEC));
  Collector collector;
  std::array drains{Drain{.pipe = &folder, .sink = &collector}};
  Feed none;
  EXPECT_EQ(testing::failure_of([&] { transfer(none, drains, Deadline(), nullptr); }).error,
            EISDIR);
}

struct ThrowingSink : Collector {
  void filled(std::size_t /*count*/) override { throw std::length_error("full"); }
};

TEST(Transfer, PassesOnWhatASinkThrows) {
  Loop loop;
  ThrowingSink sink;
  loop.drains[0].sink = &sink;
  loop.feed.bytes = "text";
  EXPECT_THROW(static_cast<void>(loop.run()), std::length_error);
  EXPECT_TRUE(loop.pipe.read_end);
}

TEST(Transfer, TypesTheEndOfTheInput) {
  Terminal terminal({.rows = 24, .columns = 80}, false);
  Handle writer = terminal.make_writer();
  Feed feed{.pipe = &writer, .bytes = "typed", .is_terminal = true};
  EXPECT_EQ(transfer(feed, {}, Deadline(), nullptr), TransferEnd::finished);
  EXPECT_EQ(feed.ending, "\x04\x04");
  std::array<char, 16> space{};
  EXPECT_EQ(read_some(terminal.stream_of_child(), space).count, 5U);
  EXPECT_EQ(read_some(terminal.stream_of_child(), space).count, 0U) << "the end of the input";
}

TEST(Transfer, StopsTypingAtATerminalThatNobodyHas) {
  Terminal terminal({.rows = 24, .columns = 80}, false);
  Handle writer = terminal.make_writer();
  const Handle reader = terminal.take_reader();
  terminal.launched(Handle::none());
  const std::string much(1'000'000, 'x');
  Feed feed{.pipe = &writer, .bytes = much, .is_terminal = true};
  EXPECT_EQ(transfer(feed, {}, Deadline(testing::very_long), nullptr), TransferEnd::finished);
  EXPECT_FALSE(writer);
}

}  // namespace

}  // namespace progeny::platform
