// The user at the other end of a socket, and other handles for it.

#include "platform/ipc/message_socket.hpp"
#include "platform/ipc/socket.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::failure_of;
using testing::TableVerdict;

TEST(PeerIsSameUser, OfThisProcessItself) {
  const auto [first, second] = make_message_sockets();
  EXPECT_TRUE(peer_is_same_user(first.get()));
}

TEST(PeerIsSameUser, IsNotAnotherUser) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can become another user";
  }
  const auto [first, second] = make_message_sockets();
  constexpr uid_t nobody = 65534;
  EXPECT_EQ(testing::verdict_of_copy([&socket = first] {
              return ::setuid(nobody) == 0 && !peer_is_same_user(socket.get()) ? 0 : 1;
            }),
            0);
}

TEST(PeerIsSameUser, IsNobodyWhereTheSystemCannotTell) {
  const Handle network(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  errno = ENOTTY;
  EXPECT_FALSE(peer_is_same_user(Handle::none()));
  EXPECT_EQ(errno, ENOTTY);
  EXPECT_FALSE(peer_is_same_user(network.get()));
}

TEST(EndpointOf, WhatIsNoSocketIsAnError) {
  EXPECT_EQ(failure_of([] { static_cast<void>(endpoint_of(Handle::none())); }).error, EBADF);
}

TEST(Duplicate, IsAnotherHandleForTheSame) {
  auto [first, second] = make_message_sockets();
  const Handle copy = duplicate(first.get());
  EXPECT_NE(copy.get(), first.get());
  EXPECT_TRUE(testing::is_close_on_exec(copy.get()));
  first.reset();
  EXPECT_FALSE(send_message(copy.get(), "word"));
  EXPECT_EQ(peek_message(second.get(), 16), "word");
}

TEST(Duplicate, StaysClearOfTheStandardStreams) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              const auto [first, second] = make_message_sockets();
              ::close(0);
              return duplicate(first.get()).get() > 2 ? 0 : 1;
            }),
            0);
}

TEST(Duplicate, OfWhatIsNotOpenIsAnError) {
  EXPECT_EQ(failure_of([] { static_cast<void>(duplicate(Handle::none())); }).error, EBADF);
}

TEST(Duplicate, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table("dup", [] { static_cast<void>(duplicate(1)); }),
            TableVerdict::as_promised);
}

}  // namespace

}  // namespace progeny::platform
