// The messages between the forkserver and its clients, and the order of handles in them.

#include "base/deadline.hpp"
#include "multiprocessing/start/child_handles.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/memory/memory_file.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

/// The number of handles that a request has with two for the arguments.
constexpr std::size_t count = StartRequest<Handle>::fixed + 2;

/// Files that say which they are.
std::vector<Handle> numbered_files() {
  std::vector<Handle> files;
  for (std::size_t number = 0; number < count; ++number) {
    files.push_back(platform::make_memory_file("progeny-test", std::to_string(number)));
  }
  return files;
}

/// A request with the files in the order of its members.
StartRequest<native_handle> request_of(const std::vector<Handle>& files) {
  return {.answers = files[0].get(),
          .data = files[1].get(),
          .request_end = files[2].get(),
          .child = {.lifeline = files[3].get(),
                    .tracker_line = {files[4].get(), files[5].get()},
                    .arguments = {files[6].get(), files[7].get()}},
          .label = 71};
}

/// What a server receives of a request for the numbered files.
platform::ReceivedMessage received_request() {
  const auto files = numbered_files();
  auto [client, server] = platform::make_message_sockets();
  EXPECT_FALSE(send_request(client.get(), request_of(files)));
  return receive_request(server.get()).value();
}

TEST(StartRequest, ArrivesWithEachHandleInItsPlace) {
  const auto read = read_request(received_request());
  const auto* const request = std::get_if<StartRequest<Handle>>(&read);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->label, 71U);
  const auto number_in = [](const Handle& file) { return platform::content_of(file.get()); };
  EXPECT_EQ(number_in(request->answers), "0");
  EXPECT_EQ(number_in(request->data), "1");
  EXPECT_EQ(number_in(request->request_end), "2");
  EXPECT_EQ(number_in(request->child.lifeline), "3");
  EXPECT_EQ(number_in(request->child.tracker_line[0]), "4");
  EXPECT_EQ(number_in(request->child.tracker_line[1]), "5");
  ASSERT_EQ(request->child.arguments.size(), 2U);
  EXPECT_EQ(number_in(request->child.arguments[0]), "6");
  EXPECT_EQ(number_in(request->child.arguments[1]), "7");
}

TEST(StartRequest, IsNotReadFromOtherMessages) {
  auto with_other_bytes = received_request();
  with_other_bytes.bytes = "else";
  EXPECT_EQ(read_request(std::move(with_other_bytes)).index(), 0U);
  auto with_few_handles = received_request();
  with_few_handles.handles.resize(StartRequest<Handle>::fixed - 1);
  EXPECT_EQ(read_request(std::move(with_few_handles)).index(), 0U);
}

// B5
TEST(SignalRequest, ArrivesAndIsAnswered) {
  auto [client, server] = platform::make_message_sockets();
  auto [ours, servers] = platform::make_message_sockets();
  EXPECT_FALSE(send_request(
      client.get(),
      SignalRequest<native_handle>{.answer = servers.get(), .label = 5, .pid = 7, .signal = 9}));
  servers.reset();
  auto read = read_request(receive_request(server.get()).value());
  auto* const request = std::get_if<SignalRequest<Handle>>(&read);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->label, 5U);
  EXPECT_EQ(request->pid, 7);
  EXPECT_EQ(request->signal, 9);
  const progeny::detail::Deadline now(std::chrono::seconds(0));
  EXPECT_EQ(receive_signal_result(ours.get(), now), std::errc::timed_out);
  send_signal_result(request->answer.get(), std::make_error_code(std::errc::invalid_argument));
  EXPECT_EQ(receive_signal_result(ours.get(), now), std::errc::invalid_argument);
  request->answer.reset();
  EXPECT_EQ(receive_signal_result(ours.get(), now), std::errc::no_child_process);
}

TEST(StartRequest, EndsWithTheLastClient) {
  auto [client, server] = platform::make_message_sockets();
  client.reset();
  EXPECT_FALSE(receive_request(server.get()));
}

TEST(ChildHandles, AreRefusedIfThereAreTooFew) {
  EXPECT_THROW(static_cast<void>(unpack({})), ValueError);
}

TEST(StartNotice, ArrivesWithTheHandleOfTheChild) {
  auto [client, server] = platform::make_message_sockets();
  const Handle file = platform::open_null_device();
  EXPECT_TRUE(send_notice(server.get(), {.pid = 7}, file.get()));
  EXPECT_TRUE(send_notice(server.get(), {.error = 11}, Handle::none()));
  const auto started = receive_notice(client.get());
  ASSERT_TRUE(started);
  EXPECT_EQ(started->notice.pid, 7);
  EXPECT_EQ(started->notice.error, 0);
  EXPECT_TRUE(started->process);
  const auto failed = receive_notice(client.get());
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->notice.error, 11);
  EXPECT_FALSE(failed->process);
}

TEST(ExitStatusOfServedChild, CanBeReadAgain) {
  auto [client, server] = platform::make_message_sockets();
  send_status(server.get(), {.returncode = -9});
  for (int i = 0; i < 2; ++i) {
    const auto status = peek_status(client.get());
    ASSERT_TRUE(status);
    EXPECT_EQ(status->returncode, -9);
  }
}

TEST(Answers, EndWithTheServer) {
  auto [client, server] = platform::make_message_sockets();
  server.reset();
  EXPECT_FALSE(receive_notice(client.get()));
  EXPECT_FALSE(peek_status(client.get()));
}

}  // namespace

}  // namespace progeny::multiprocessing::detail
