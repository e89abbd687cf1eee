#include "base/deadline.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/ipc/record_pipe.hpp"
#include "platform/process/process_end.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.posix.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using namespace std::chrono_literals;
using detail::Deadline;
using testing::failure_of;
using testing::ForkedChild;
using testing::TableVerdict;

const Deadline already(0ns);

TEST(RecordPipe, KeepsWhatWasWrittenForAReaderThatComesLater) {
  const RecordPipe line = make_record_pipe();
  write_record(line.write_end.get(), "first", already);
  write_record(line.write_end.get(), "second", already);
  const Handle reader = become_reader(line.read_end.get());
  ASSERT_TRUE(reader);
  std::array<char, 64> space{};
  const IoResult result = read_some(reader.get(), space);
  EXPECT_EQ(std::string(space.data(), result.count), "firstsecond");
}

TEST(RecordPipe, IsNotInherited) {
  const RecordPipe line = make_record_pipe();
  const Handle reader = become_reader(line.read_end.get());
  for (const native_handle handle : {line.read_end.get(), line.write_end.get(), reader.get()}) {
    EXPECT_TRUE(testing::is_close_on_exec(handle));
  }
}

TEST(RecordPipe, HasOneReaderAtATime) {
  const RecordPipe line = make_record_pipe();
  EXPECT_FALSE(has_reader(line.read_end.get()));
  Handle reader = become_reader(line.read_end.get());
  EXPECT_TRUE(has_reader(line.read_end.get()));
  EXPECT_FALSE(become_reader(line.read_end.get()));
  reader.reset();
  EXPECT_FALSE(has_reader(line.read_end.get()));
  EXPECT_TRUE(become_reader(line.read_end.get()));
}

TEST(RecordPipe, LosesAReaderThatIsKilled) {
  const RecordPipe line = make_record_pipe();
  testing::OwnPipe ready;
  ForkedChild child([&] {
    const Handle reader = become_reader(line.read_end.get());
    static_cast<void>(write_some(ready.write_end.get(), reader ? "y" : "n"));
    return ::pause();
  });
  EXPECT_EQ(ready.read(1), "y");
  EXPECT_TRUE(has_reader(line.read_end.get()));
  child.kill();
  static_cast<void>(child.wait());
  EXPECT_FALSE(has_reader(line.read_end.get()));
}

TEST(RecordPipe, GetsAReaderWhileOthersOnlyLook) {
  const RecordPipe line = make_record_pipe();
  const ForkedChild looker([&] {
    for (;;) {
      static_cast<void>(has_reader(line.read_end.get()));
    }
    return 0;
  });
  for (int time = 0; time < 200; ++time) {
    EXPECT_TRUE(testing::eventually([&] { return bool(become_reader(line.read_end.get())); }));
  }
}

TEST(RecordPipe, TimesOutWhenThePipeStaysFull) {
  const RecordPipe line = make_record_pipe();
  const std::string record(512, 'r');
  int written = 0;
  const auto failure = failure_of([&] {
    for (;; ++written) {
      write_record(line.write_end.get(), record, Deadline(5ms));
    }
  });
  EXPECT_EQ(failure.error, ETIMEDOUT);
  EXPECT_GT(written, 0);
  const Handle reader = become_reader(line.read_end.get());
  std::array<char, 4096> space{};
  int read = 0;
  for (; read < written * 512; read += static_cast<int>(read_some(reader.get(), space).count)) {
  }
  EXPECT_EQ(read, written * 512) << "whole, or not at all";
}

TEST(RecordPipe, WaitsForRoom) {
  const RecordPipe line = make_record_pipe();
  const std::string record(512, 'r');
  static_cast<void>(failure_of([&] {
    for (;;) {
      write_record(line.write_end.get(), record, already);
    }
  }));
  ForkedChild reader([&] {
    std::array<char, 4096> space{};
    return read_some(line.read_end.get(), space).count == space.size() ? 0 : 1;
  });
  write_record(line.write_end.get(), record, Deadline(testing::very_long));
  EXPECT_EQ(reader.wait(), 0);
}

TEST(RecordPipe, OfWhatCannotBeWrittenIsAnError) {
  const RecordPipe line = make_record_pipe();
  EXPECT_EQ(failure_of([&] { write_record(line.read_end.get(), "x", already); }).error, EBADF);
}

TEST(RecordPipe, IsTakenByItsTwoEnds) {
  Pipe pipe = make_pipe(PipeEnd::write);
  const native_handle read_end = pipe.read_end.get();
  const RecordPipe line = take_record_pipe(std::move(pipe.read_end), std::move(pipe.write_end));
  EXPECT_EQ(line.read_end.get(), read_end);
  EXPECT_NE(line.identity, 0U);
  EXPECT_TRUE(is_intact(line));
}

TEST(RecordPipe, IsNotTakenByEndsThatDoNotBelongTogether) {
  const auto error_of = [](Handle read_end, Handle write_end) {
    return failure_of([&] {
             static_cast<void>(take_record_pipe(std::move(read_end), std::move(write_end)));
           })
        .error;
  };
  EXPECT_EQ(error_of(std::move(make_pipe(PipeEnd::write).read_end),
                     std::move(make_pipe(PipeEnd::write).write_end)),
            EBADF);
  EXPECT_EQ(error_of(open_null_device(), open_null_device()), EBADF);
  EXPECT_EQ(error_of(std::move(make_pipe(PipeEnd::write).read_end), open_null_device()), EBADF);
  EXPECT_EQ(error_of({}, {}), EBADF);
  auto [first, second] = make_message_sockets();
  EXPECT_EQ(error_of(std::move(first), std::move(second)), EBADF);
}

// What a host that becomes a daemon does: it closes a number, and something else gets it.
void put_null_device_at(native_handle number) {
  ASSERT_EQ(::dup2(open_null_device().get(), number), number);
}

TEST(RecordPipe, IsNotIntactWhenAnEndBecameSomethingElse) {
  const RecordPipe first = make_record_pipe();
  EXPECT_TRUE(is_intact(first));
  put_null_device_at(first.read_end.get());
  EXPECT_FALSE(is_intact(first));
  const RecordPipe second = make_record_pipe();
  put_null_device_at(second.write_end.get());
  EXPECT_FALSE(is_intact(second));
  const RecordPipe third = make_record_pipe();
  const Pipe other = make_pipe(PipeEnd::write);
  ASSERT_EQ(::dup2(other.write_end.get(), third.write_end.get()), third.write_end.get());
  EXPECT_FALSE(is_intact(third)) << "another pipe is another line";
}

TEST(RecordPipe, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table("pipe", [] { static_cast<void>(make_record_pipe()); }),
            TableVerdict::as_promised);
  const RecordPipe line = make_record_pipe();
  EXPECT_EQ(testing::verdict_with_full_table(
                "open", [&] { static_cast<void>(has_reader(line.read_end.get())); }),
            TableVerdict::as_promised);
  EXPECT_EQ(testing::verdict_with_full_table(
                "open", [&] { static_cast<void>(become_reader(line.read_end.get())); }),
            TableVerdict::as_promised);
}

// The copy tells its number and its parent's, and whether a signal reaches it.
TEST(DetachFromParent, LeavesACopyThatNobodyHasToReap) {
  testing::OwnPipe told;
  testing::OwnPipe go;
  ForkedChild child([&] {
    go.write_end.reset();
    const pid_t before = ::getpid();
    detach_from_parent();
    const bool is_copy = ::getpid() != before;
    static_cast<void>(::raise(SIGTERM));
    static_cast<void>(::raise(SIGHUP));
    static_cast<void>(write_some(told.write_end.get(), is_copy ? "detached" : "the same"));
    static_cast<void>(go.read(1));
    return 0;
  });
  EXPECT_EQ(child.wait(), 0) << "the original has ended";
  EXPECT_EQ(told.read(64), "detached");
  EXPECT_FALSE(testing::has_child());
  go.write_end.reset();
  told.write_end.reset();
  EXPECT_EQ(told.read(64), "") << "and then the copy";
}

}  // namespace

}  // namespace progeny::platform
