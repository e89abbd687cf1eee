#include "base/deadline.hpp"
#include "platform/io/event.hpp"
#include "platform/io/readable.hpp"
#include "platform/ipc/hang_up.hpp"
#include "platform/ipc/message_socket.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;
using testing::TableVerdict;

const Deadline already(std::chrono::nanoseconds::zero());

TEST(HangUp, IsWhenTheLastOtherEndIsClosed) {
  auto [own, other] = make_message_sockets();
  EXPECT_FALSE(is_hung_up(own.get()));
  const Handle copy(::dup(other.get()));
  other.reset();
  EXPECT_FALSE(is_hung_up(own.get()));
  Handle(::dup(copy.get())).reset();
  EXPECT_FALSE(is_hung_up(own.get()));
}

TEST(HangUp, IsNoMatterOfMessages) {
  auto [own, other] = make_message_sockets();
  EXPECT_FALSE(send_message(other.get(), "a message"));
  EXPECT_FALSE(is_hung_up(own.get()));
  other.reset();
  EXPECT_TRUE(is_hung_up(own.get())) << "also while a message is left";
}

TEST(HangUp, IsWhenTheProcessThatHadItIsKilled) {
  auto [own, other] = make_message_sockets();
  testing::ForkedChild child(::pause);
  other.reset();
  EXPECT_FALSE(is_hung_up(own.get()));
  child.kill();
  static_cast<void>(child.wait());
  EXPECT_TRUE(is_hung_up(own.get()));
}

TEST(HangUp, IsNotOfWhatIsNotOpen) {
  errno = ENOTTY;
  EXPECT_FALSE(is_hung_up(Handle::none()));
  EXPECT_EQ(errno, ENOTTY);
}

TEST(ReadableOrHungUp, FollowsTheEvent) {
  const auto [own, other] = make_message_sockets();
  Event event;
  const Handle either = readable_or_hung_up(event.handle(), own.get());
  EXPECT_TRUE(testing::is_close_on_exec(either.get()));
  EXPECT_FALSE(is_readable(either.get(), already));
  event.set();
  EXPECT_TRUE(is_readable(either.get(), already));
  event.clear();
  EXPECT_FALSE(is_readable(either.get(), already));
}

TEST(ReadableOrHungUp, IsNotReadableForAMessage) {
  const auto [own, other] = make_message_sockets();
  const Event event;
  const Handle either = readable_or_hung_up(event.handle(), own.get());
  EXPECT_FALSE(send_message(other.get(), "a message"));
  EXPECT_FALSE(is_readable(either.get(), already));
}

TEST(ReadableOrHungUp, WakesWhenTheOtherEndGoes) {
  auto [own, other] = make_message_sockets();
  const Event event;
  const Handle either = readable_or_hung_up(event.handle(), own.get());
  std::thread closer([&other] { other.reset(); });
  EXPECT_TRUE(is_readable(either.get(), Deadline(testing::very_long)));
  closer.join();
  EXPECT_TRUE(is_readable(either.get(), already)) << "and stays so";
}

TEST(ReadableOrHungUp, OfWhatIsNotOpenIsAnError) {
  const Event event;
  EXPECT_EQ(testing::failure_of([&] {
              static_cast<void>(readable_or_hung_up(event.handle(), Handle::none()));
            }).error,
            EBADF);
}

TEST(ReadableOrHungUp, WithoutAFreeDescriptorIsAnError) {
  const auto [own, other] = make_message_sockets();
  const Event event;
  EXPECT_EQ(testing::verdict_with_full_table(
                "epoll_create1",
                [&] { static_cast<void>(readable_or_hung_up(event.handle(), own.get())); }),
            TableVerdict::as_promised);
}

}  // namespace

}  // namespace progeny::platform
