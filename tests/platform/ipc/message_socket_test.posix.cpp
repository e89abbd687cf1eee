#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "platform/ipc/message_socket.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/blocking.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::Failure;
using testing::failure_of;
using testing::TableVerdict;
using testing::verdict_of_copy;

constexpr std::size_t usual = 4096;

std::string bytes_of(const std::optional<ReceivedMessage>& message) {
  return message ? message->bytes : "<nothing>";
}

TEST(MessageSocket, KeepsMessagesWholeAndInOrderBothWays) {
  const auto [first, second] = make_message_sockets();
  EXPECT_FALSE(send_message(first.get(), "one"));
  EXPECT_FALSE(send_message(first.get(), "two"));
  EXPECT_FALSE(send_message(second.get(), "back"));
  EXPECT_EQ(bytes_of(receive_message(second.get(), usual)), "one");
  EXPECT_EQ(bytes_of(receive_message(second.get(), usual)), "two");
  EXPECT_EQ(bytes_of(receive_message(first.get(), usual)), "back");
}

TEST(MessageSocket, CutsWhatIsTooLong) {
  const auto [first, second] = make_message_sockets();
  EXPECT_FALSE(send_message(first.get(), "a long message"));
  EXPECT_FALSE(send_message(first.get(), "next"));
  EXPECT_EQ(bytes_of(receive_message(second.get(), 6)), "a long");
  EXPECT_EQ(bytes_of(receive_message(second.get(), usual)), "next");
}

TEST(MessageSocket, EndsWhenAllOtherEndsAreClosed) {
  auto [first, second] = make_message_sockets();
  EXPECT_FALSE(send_message(first.get(), "last"));
  first.reset();
  EXPECT_EQ(bytes_of(receive_message(second.get(), usual)), "last");
  EXPECT_EQ(receive_message(second.get(), usual), std::nullopt);
  EXPECT_EQ(peek_message(second.get(), usual), std::nullopt);
}

TEST(MessageSocket, CarriesHandles) {
  const auto [first, second] = make_message_sockets();
  const Pipe pipe = make_pipe(PipeEnd::write);
  EXPECT_FALSE(send_message(first.get(), "x", std::array{pipe.read_end.get()}));
  const auto message = receive_message(second.get(), usual);
  ASSERT_TRUE(message);
  ASSERT_EQ(message->handles.size(), 1U);
  EXPECT_TRUE(testing::is_close_on_exec(message->handles[0].get()));
  EXPECT_EQ(write_some(pipe.write_end.get(), "y").count, 1U);
  char byte = 0;
  EXPECT_EQ(read_some(message->handles[0].get(), {&byte, 1}).count, 1U);
  EXPECT_EQ(byte, 'y');
}

TEST(MessageSocket, RefusesMoreHandlesThanAMessageCarries) {
  const auto [first, second] = make_message_sockets();
  const std::vector<native_handle> many(300, first.get());
  EXPECT_EQ(send_message(first.get(), "x", many), std::errc::argument_list_too_long);
}

TEST(MessageSocket, PeeksWithoutTakingTheMessageOrItsHandles) {
  const auto [first, second] = make_message_sockets();
  EXPECT_FALSE(send_message(first.get(), "a message", std::array{first.get()}));
  const std::size_t before = testing::open_descriptors();
  EXPECT_EQ(peek_message(second.get(), usual), "a message");
  EXPECT_EQ(peek_message(second.get(), 3), "a m");
  EXPECT_EQ(testing::open_descriptors(), before);
  const auto message = receive_message(second.get(), usual);
  EXPECT_EQ(bytes_of(message), "a message");
  EXPECT_EQ(message->handles.size(), 1U);
}

TEST(MessageSocket, WaitsForRoomAndForMessages) {
  const auto [first, second] = make_message_sockets(4096);
  constexpr int many = 5000;
  std::thread sender([&socket = first] {
    for (int number = 0; number < many; ++number) {
      ASSERT_FALSE(send_message(socket.get(), std::to_string(number)));
    }
  });
  for (int number = 0; number < many; ++number) {
    ASSERT_EQ(bytes_of(receive_message(second.get(), usual)), std::to_string(number));
  }
  sender.join();
}

TEST(MessageSocket, HasAsMuchRoomAsItWasToldTo) {
  const auto sent_by = [](std::size_t capacity) {
    const auto [first, second] = make_message_sockets(capacity);
    testing::set_blocking(first.get(), false);
    const std::string message(1000, 'm');
    std::size_t sent = 0;
    while (try_write(first.get(), message).count != 0) {
      ++sent;
    }
    return sent;
  };
  EXPECT_LT(sent_by(4096), sent_by(0));
  EXPECT_GE(sent_by(std::size_t{100} << 30), sent_by(0)) << "more than the system allows";
}

TEST(MessageSocket, WithoutAReceiverIsABrokenPipeAndNoSignal) {
  EXPECT_EQ(verdict_of_copy([] {
              std::signal(SIGPIPE, SIG_DFL);
              auto [first, second] = make_message_sockets();
              second.reset();
              return send_message(first.get(), "x") == std::errc::broken_pipe ? 0 : 1;
            }),
            0);
}

TEST(MessageSocket, OfWhatIsNotOpenIsAnError) {
  EXPECT_EQ(send_message(-1, "x"), std::errc::bad_file_descriptor);
  EXPECT_EQ(failure_of([] { static_cast<void>(receive_message(-1, usual)); }),
            Failure{.error = EBADF});
  EXPECT_EQ(failure_of([] { static_cast<void>(peek_message(-1, usual)); }),
            Failure{.error = EBADF});
}

TEST(MessageSocket, TellsOfLostHandlesAndReceivesTheNextMessage) {
  EXPECT_EQ(verdict_of_copy([] {
              const auto [first, second] = make_message_sockets();
              static_cast<void>(send_message(first.get(), "lost", std::array{first.get()}));
              static_cast<void>(send_message(first.get(), "next"));
              testing::leave_descriptors(0);
              const auto failure =
                  failure_of([&] { static_cast<void>(receive_message(second.get(), usual)); });
              const bool is_told = failure.error == EMFILE;
              return is_told && bytes_of(receive_message(second.get(), usual)) == "next" ? 0 : 1;
            }),
            0);
}

TEST(MessageSocket, IsNotInheritedAndClearOfTheStandardStreams) {
  const auto [first, second] = make_message_sockets();
  EXPECT_TRUE(testing::is_close_on_exec(first.get()));
  EXPECT_TRUE(testing::is_close_on_exec(second.get()));
  EXPECT_EQ(verdict_of_copy([] {
              ::close(0);
              ::close(1);
              const auto [one, two] = make_message_sockets();
              return one.get() > 2 && two.get() > 2 ? 0 : 1;
            }),
            0);
}

TEST(MessageSocket, WithoutFreeDescriptorsIsAnError) {
  for (const unsigned free : {0U, 1U}) {
    EXPECT_EQ(testing::verdict_with_full_table(
                  "socketpair", [] { static_cast<void>(make_message_sockets()); }, free),
              TableVerdict::as_promised);
  }
}

}  // namespace

}  // namespace progeny::platform
