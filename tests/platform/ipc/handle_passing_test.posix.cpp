#include "base/deadline.hpp"
#include "platform/io/pipe.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/memory/anonymous_memory.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;

struct Ends {
  explicit Ends(int type = SOCK_STREAM) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), 0);
    first = Handle(ends[0]);
    second = Handle(ends[1]);
  }

  Handle first;
  Handle second;
};

struct Got {
  std::string bytes;
  ReceivedHandles received;
};

Got receive(const Ends& ends, std::size_t most = 4096) {
  Got got;
  std::string space(most, '\0');
  const IoResult result =
      receive_with_handles(ends.second.get(), space, got.received, Deadline(testing::very_long));
  EXPECT_FALSE(result.error);
  got.bytes = space.substr(0, result.count);
  return got;
}

// What the pipe of a received end says.
std::string word_from(const Handle& read_end) {
  std::array<char, 16> space{};
  const IoResult result = read_some(read_end.get(), space);
  return {space.data(), result.count};
}

TEST(HandlePassing, GivesHandlesForTheSameObjects) {
  const Ends ends;
  const Pipe pipe = make_pipe(PipeEnd::write);
  const std::array handles{pipe.read_end.get()};
  EXPECT_EQ(send_with_handles(ends.first.get(), "bytes", handles, Deadline()).count, 5U);
  EXPECT_TRUE(testing::is_open(handles[0])) << "it stays the sender's";
  const Got got = receive(ends);
  EXPECT_EQ(got.bytes, "bytes");
  ASSERT_EQ(got.received.handles.size(), 1U);
  EXPECT_FALSE(got.received.truncated);
  EXPECT_TRUE(testing::is_close_on_exec(got.received.handles[0].get()));
  EXPECT_EQ(write_some(pipe.write_end.get(), "word").count, 4U);
  EXPECT_EQ(word_from(got.received.handles[0]), "word");
}

TEST(HandlePassing, CarriesAsManyAsItSaysInOrder) {
  const Ends ends;
  std::vector<Handle> files;
  std::vector<native_handle> handles;
  for (std::size_t i = 0; i < most_handles_at_once(); ++i) {
    files.push_back(make_anonymous_memory("progeny-test", 0));
    handles.push_back(files.back().get());
  }
  EXPECT_EQ(send_with_handles(ends.first.get(), "x", handles, Deadline()).count, 1U);
  const Got got = receive(ends);
  ASSERT_EQ(got.received.handles.size(), handles.size());
  for (std::size_t i = 0; i < handles.size(); ++i) {
    EXPECT_EQ(identity_of(got.received.handles[i].get()), identity_of(handles[i]));
  }
  handles.push_back(handles[0]);
  EXPECT_EQ(send_with_handles(ends.first.get(), "x", handles, Deadline()).error,
            std::errc::invalid_argument);
}

TEST(HandlePassing, SendsMoreBytesBehind) {
  const Ends ends;
  EXPECT_EQ(send_with_handles(ends.first.get(), "head", {}, Deadline(), " and body").count, 13U);
  const Got got = receive(ends);
  EXPECT_EQ(got.bytes, "head and body");
  EXPECT_TRUE(got.received.handles.empty());
}

TEST(HandlePassing, AddsToWhatWasReceivedBefore) {
  const Ends ends(SOCK_SEQPACKET);
  const std::array handles{ends.first.get()};
  ReceivedHandles received;
  std::array<char, 8> space{};
  for (int message = 0; message < 2; ++message) {
    EXPECT_EQ(send_with_handles(ends.first.get(), "x", handles, Deadline()).count, 1U);
    EXPECT_EQ(receive_with_handles(ends.second.get(), space, received, Deadline()).count, 1U);
  }
  EXPECT_EQ(received.handles.size(), 2U);
}

TEST(HandlePassing, TimesOut) {
  const Ends ends;
  ReceivedHandles received;
  std::array<char, 8> space{};
  const Deadline soon(std::chrono::milliseconds(5));
  EXPECT_EQ(receive_with_handles(ends.second.get(), space, received, soon).error,
            std::errc::timed_out);
  EXPECT_TRUE(received.handles.empty());
}

TEST(HandlePassing, ToAPeerThatIsGoneIsABrokenPipe) {
  Ends ends;
  const std::array handles{ends.first.get()};
  ends.second.reset();
  EXPECT_EQ(send_with_handles(ends.first.get(), "x", handles, Deadline()).error,
            std::errc::broken_pipe);
}

TEST(HandlePassing, OfWhatIsNotOpenIsAnError) {
  const Ends ends;
  const std::array handles{Handle::none()};
  EXPECT_EQ(send_with_handles(ends.first.get(), "x", handles, Deadline()).error,
            std::errc::bad_file_descriptor);
}

TEST(HandlePassing, ClosesHandlesWhoseBytesAreReceivedWithoutThem) {
  const Ends ends;
  Pipe pipe = make_pipe(PipeEnd::write);
  const std::array handles{pipe.write_end.get()};
  EXPECT_EQ(send_with_handles(ends.first.get(), "x", handles, Deadline()).count, 1U);
  pipe.write_end.reset();
  std::array<char, 8> space{};
  EXPECT_EQ(read_some(ends.second.get(), space).count, 1U);
  EXPECT_EQ(word_from(pipe.read_end), "") << "nobody has the writing end any more";
}

// How many of three handles arrive where only so many can be opened, and whether that is told.
int verdict_with_room_for(unsigned free) {
  return testing::verdict_of_copy([free] {
    const Ends ends;
    const std::array handles{ends.first.get(), ends.second.get(), ends.first.get()};
    static_cast<void>(send_with_handles(ends.first.get(), "x", handles, Deadline()));
    testing::leave_descriptors(free);
    const Got got = receive(ends);
    const bool is_told = got.received.truncated == (free < handles.size());
    return is_told && got.bytes == "x" ? static_cast<int>(got.received.handles.size()) : 90;
  });
}

TEST(HandlePassing, TellsThatHandlesWereLost) {
  EXPECT_EQ(verdict_with_room_for(0), 0);
  EXPECT_EQ(verdict_with_room_for(2), 2);
  EXPECT_EQ(verdict_with_room_for(3), 3);
}

}  // namespace

}  // namespace progeny::platform
