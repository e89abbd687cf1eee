#pragma once

// What a process asks the forkserver, and what the server answers.
//
//     client                                    server                           child
//       | --- StartRequest ---------------------> |                                |
//       |                                         | fork(2) ---------------------> |
//       | <-- StartNotice: pid or errno --------- |                                | target
//       | <-- ExitStatus ------------------------ | <-- end ---------------------- |
//
// Requests go over a socket without a name: the server has one end, and all processes that may ask
// share the other. When the last of them has closed it and the last child has ended, the server
// ends. Answers go over a socket of their own, made for each request: its end in the client becomes
// readable for good when the child has ended, or when the server has.

#include "multiprocessing/start/child_handles.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

namespace progeny::multiprocessing::detail {

/// A request for one child. It is one message, with these handles in this order.
template <class Owner>
struct StartRequest {
  /// How many handles there are besides the arguments'.
  static constexpr std::size_t fixed = 3 + ChildHandles<Owner>::fixed;

  Owner answers = Owner();      ///< The server's end of the socket for the answers.
  Owner data = Owner();         ///< A file with the `StartData`.
  Owner request_end = Owner();  ///< By which the child may ask the same server.
  ChildHandles<Owner> child = {};
};

/// How many handles the arguments of a child may hold: one message cannot carry more.
[[nodiscard]] std::size_t most_argument_handles() noexcept;

/// Sends a request. Waits for room.
[[nodiscard]] std::error_code send_request(native_handle requests,
                                           const StartRequest<native_handle>& request);

/// Waits for a message. Nothing when no process is left that could ask. Throws OSError.
[[nodiscard]] std::optional<platform::ReceivedMessage> receive_request(native_handle requests);

/// The request in a message. Nothing if the message is not a request.
[[nodiscard]] std::optional<StartRequest<Handle>> read_request(platform::ReceivedMessage message);

/// The first answer.
struct StartNotice {
  std::int32_t pid = 0;
  std::int32_t error = 0;  ///< The `errno` of a fork(2) that failed. 0: it did not.
};

/// Sends the first answer, with the handle of the child unless it is none. A client that has ended
/// needs no answer, so errors are ignored.
void send_notice(native_handle answers, const StartNotice& notice, native_handle process) noexcept;

/// What a client gets for its request.
struct ReceivedNotice {
  StartNotice notice;
  Handle process;
};

/// Waits for the first answer. Nothing if the server has ended. Throws OSError.
[[nodiscard]] std::optional<ReceivedNotice> receive_notice(native_handle answers);

/// Sends the second answer. Errors are ignored.
void send_status(native_handle answers, const platform::ExitStatus& status) noexcept;

/// The second answer, which must have come. Leaves it in the socket, so that `answers` stays
/// readable. Nothing if the server has ended instead.
[[nodiscard]] std::optional<platform::ExitStatus> peek_status(native_handle answers) noexcept;

}  // namespace progeny::multiprocessing::detail
