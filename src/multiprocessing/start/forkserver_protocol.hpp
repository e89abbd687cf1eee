#pragma once

// What a process asks the forkserver, and what the server answers.
//
//     client                                    server                           child
//       | --- StartRequest ---------------------> |                                |
//       |                                         | fork(2) ---------------------> |
//       | <-- StartNotice: pid ----------------------------------------------------|
//       |                                         |                                | target
//       | --- SignalRequest --------------------> | kill(2) ---------------------> |
//       | <-- errno ----------------------------- |                                |
//       | <-- ExitStatus ------------------------ | <-- end ---------------------- |
//
// Requests go over a socket without a name: the server has one end, and all processes that may ask
// share the other. When the last of them has closed it and the last child has ended, the server
// ends.
//
// Answers go over a socket of their own, made for each request. The server and the child share one
// end of it. So the client's end becomes readable for good when the child has ended, even if the
// server was killed before. It is readable then because of the status, or because nobody is left at
// the other end.
//
// The child sends the StartNotice, before it runs anything else; the server sends one only if it
// cannot fork. A client that sees the other end closed without a notice knows that nothing has run,
// and may ask again.
//
// A client signals a child by the handle that came with the notice. Where there is none, or the
// system refuses it, the client asks the server by a SignalRequest: the server is the parent, so it
// knows that the number is still the child's.

#include "base/deadline.hpp"
#include "multiprocessing/start/child_handles.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <variant>

namespace progeny::multiprocessing::detail {

/// What a client calls a child of its own: no two children that a server has at the same time are
/// called the same.
using ChildLabel = std::uint64_t;

/// A request for one child. It is one message, with these handles in this order.
template <class Owner>
struct StartRequest {
  /// How many handles there are besides the arguments'.
  static constexpr std::size_t fixed = 3 + ChildHandles<Owner>::fixed;

  Owner answers = Owner();      ///< The server's end of the socket for the answers.
  Owner data = Owner();         ///< A file with the `StartData`.
  Owner request_end = Owner();  ///< By which the child may ask the same server.
  ChildHandles<Owner> child = {};
  ChildLabel label = 0;
};

/// A request to send a signal to a child. It is one message with one handle.
template <class Owner>
struct SignalRequest {
  Owner answer = Owner();  ///< The server's end of a socket for the error number.
  ChildLabel label = 0;
  std::int32_t pid = 0;
  std::int32_t signal = 0;
};

/// How many handles the arguments of a child may hold: one message cannot carry more.
[[nodiscard]] std::size_t most_argument_handles() noexcept;

/// Sends a request. Waits for room.
[[nodiscard]] std::error_code send_request(native_handle requests,
                                           const StartRequest<native_handle>& request);

/// Sends a request. Waits for room.
[[nodiscard]] std::error_code send_request(native_handle requests,
                                           const SignalRequest<native_handle>& request);

/// Waits for a message. Nothing when no process is left that could ask. Throws OSError.
[[nodiscard]] std::optional<platform::ReceivedMessage> receive_request(native_handle requests);

/// What a server can be asked. `monostate`: the message is no request.
using Request = std::variant<std::monostate, StartRequest<Handle>, SignalRequest<Handle>>;

/// The request in a message.
[[nodiscard]] Request read_request(platform::ReceivedMessage message);

/// The first answer.
struct StartNotice {
  std::int32_t pid = 0;
  std::int32_t error = 0;  ///< The `errno` of a fork(2) that failed. 0: it did not.
};

/// Sends the first answer, with the handle of the child unless it is none. If the system refuses to
/// pass a handle, the answer goes without. Returns whether it was sent, or no client is left that
/// needs it.
[[nodiscard]] bool send_notice(native_handle answers,
                               const StartNotice& notice,
                               native_handle process) noexcept;

/// What a client gets for its request.
struct ReceivedNotice {
  StartNotice notice;
  Handle process;
};

/// Waits for the first answer. Nothing if there is none and nothing has run. Throws OSError.
[[nodiscard]] std::optional<ReceivedNotice> receive_notice(native_handle answers);

/// Sends the second answer. Errors are ignored.
void send_status(native_handle answers, const platform::ExitStatus& status) noexcept;

/// The second answer, for which `answers` must be readable. Leaves it in the socket, so that
/// `answers` stays readable. Nothing if the server has ended instead.
[[nodiscard]] std::optional<platform::ExitStatus> peek_status(native_handle answers) noexcept;

/// Sends the answer to a SignalRequest. Errors are ignored.
void send_signal_result(native_handle answer, const std::error_code& error) noexcept;

/// Waits for that answer. `no_child_process` if the server has ended; `timed_out` if it does not
/// answer before the deadline, such as a server that was stopped.
[[nodiscard]] std::error_code receive_signal_result(
    native_handle answer, const progeny::detail::Deadline& deadline) noexcept;

}  // namespace progeny::multiprocessing::detail
