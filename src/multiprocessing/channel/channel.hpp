#pragma once

// A channel carries whole messages between two ends. Connections know only this interface; behind
// it are streams (StreamChannel), packets (PacketChannel) and shared memory (SharedChannel).
//
// It is the seam for other transports: named pipes of Windows, a NATS server, MPI. An
// implementation must promise the following. docs/porting.md shows how to add one.
//
//   boundaries   One `send` is one `receive`. Messages arrive whole and in order, and may be empty.
//   blocking     `send` may block until the peer receives. `receive` blocks until a message is
//                complete, `poll` until a message has begun. All notice the end of the stream.
//   deadlines    A call that reaches its deadline, or is asked to stop, throws OSError `timed_out`
//                (`poll` returns false), also if a process that was stopped (SIGSTOP) has a lock of
//                the end. A `poll` whose deadline has passed waits for nothing. `never()` costs
//                nothing. The end can still be used, unless a part of a message has gone or come:
//                then the message is lost, and a wire closes.
//   handles      `handle_passing` says how handles reach the peer. If `beside`, they arrive with
//                their message or not at all, and close with a message that is not received.
//   end          The stream ends when no process has the peer's end any more, by closing or dying.
//                Then `receive` throws EOFError between messages and OSError
//                `connection_aborted` inside one; `send` throws OSError `broken_pipe` and raises
//                no signal.
//   distrust     A length is only what the peer says: memory grows with what has arrived. A
//                message that cannot be is OSError `bad_message` and closes the end. A message
//                longer than allowed is OSError `message_size` and stops receiving.
//   threads      `send`, `receive` and `poll` may run in several threads at once, without mixing
//                messages. `close` needs the object alone.
//   sharing      Processes may have the same end. The implementation says up to which length their
//                messages then stay whole: SharedChannel all, PacketChannel one packet (64 KiB),
//                StreamChannel none, so that they must take turns.
//   fork         Parent and child have the same end afterwards, and both may use it, even if
//                another thread was in a call at the fork. So a lock is a platform::ForkLock or
//                lies in shared memory, never a std::mutex.
//   travel       `save` writes what `load_channel` needs to make the same end in another process.

#include "base/deadline.hpp"
#include "multiprocessing/channel/directions.hpp"
#include "platform/ipc/handle_passing.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace progeny::serial {

class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

class MessageSink;

using progeny::detail::Deadline;

/// The deadline of calls that may take as long as they need.
[[nodiscard]] inline Deadline never() noexcept {
  return Deadline();
}

/// As the limit of a message: any length.
inline constexpr std::uint64_t any_length = std::numeric_limits<std::uint64_t>::max();

/// One message to send: `prefix` and `body` one after the other, with `handles` beside them. All
/// are borrowed until `send` returns.
struct Frame {
  std::string_view prefix = {};  ///< At most 16 bytes.
  std::string_view body = {};
  std::span<const native_handle> handles = {};  ///< Only if they are passed `beside`.
};

/// How handles reach the peer of a channel.
enum class HandlePassing : std::uint8_t {
  beside,      ///< Beside the bytes of their message: `Frame::handles`.
  by_ticket,   ///< The peer, on the same machine, fetches them from resource_sharer.
  impossible,  ///< The peer may be on another machine.
};

/// One end of a connection. The head of this file lists what an implementation promises.
class Channel {
 public:
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel() = default;

  /// What may be done with this end. The caller checks it before it sends or receives.
  [[nodiscard]] virtual const Directions& directions() const noexcept = 0;
  [[nodiscard]] virtual HandlePassing handle_passing() const noexcept = 0;
  /// A handle that is readable while `receive` has something to do: a message has begun, or the
  /// stream has ended. Stays the channel's.
  [[nodiscard]] virtual native_handle fileno() const = 0;

  /// Sends one message.
  virtual void send(const Frame& frame, const Deadline& deadline) = 0;
  /// Receives one message of at most `maxlength` bytes. Adds the handles that came beside it to
  /// `handles`; null drops them.
  [[nodiscard]] virtual std::string receive(std::uint64_t maxlength,
                                            const Deadline& deadline,
                                            platform::ReceivedHandles* handles) = 0;
  /// Receives one message into `sink`. The rest as for `receive`. An exception of the sink leaves
  /// the end as if the message had been received, or closes it.
  virtual void receive_to(MessageSink& sink,
                          const Deadline& deadline,
                          platform::ReceivedHandles* handles) = 0;
  /// Receives one message into `room` and returns its length. Throws BufferTooShort with the
  /// message if it is longer.
  [[nodiscard]] virtual std::size_t receive_into(std::span<char> room,
                                                 const Deadline& deadline) = 0;
  /// Waits until `receive` has something to do, and returns whether it has.
  [[nodiscard]] virtual bool poll(const Deadline& deadline) const = 0;

  /// Writes this end into a message to another process; `load_channel` reads it.
  virtual void save(serial::Writer& writer) const = 0;
  /// Closes this process's copy of the end. Does nothing the second time.
  virtual void close() noexcept = 0;
};

}  // namespace progeny::multiprocessing::detail
