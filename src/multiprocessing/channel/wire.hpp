#pragma once

// The handle under a stream or packet channel.

#include "base/deadline.hpp"
#include "multiprocessing/channel/directions.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"
#include "platform/process/fork_lock.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>

namespace progeny::serial {

class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

class MessageSink;

/// A thread's turn in one direction.
using Turn = std::unique_lock<platform::ForkLock>;

/// A handle, the directions that it is open in, and transfers whose errors are OSError.
class Wire {
 public:
  Wire(Handle handle, platform::TransportKind kind, const Directions& directions) noexcept
      : handle_(std::move(handle)), kind_(kind), directions_(directions) {}

  [[nodiscard]] native_handle handle() const noexcept { return handle_.get(); }
  [[nodiscard]] platform::TransportKind kind() const noexcept { return kind_; }
  [[nodiscard]] const Directions& directions() const noexcept { return directions_; }
  void close() noexcept;
  void save(serial::Writer& writer) const;

  /// Waits until there is something to receive, or the stream has ended.
  [[nodiscard]] bool poll(const progeny::detail::Deadline& deadline) const;

  /// Waits until it is this thread's turn to send or receive, and there is room or something to
  /// receive. Then no other thread is in the middle of a message. Without a deadline it waits for
  /// the turn alone; with one, a thread that blocks in a call holds up nobody for longer. Throws
  /// OSError `timed_out`.
  [[nodiscard]] Turn turn_to_send(platform::ForkLock& lock,
                                  const progeny::detail::Deadline& deadline) const;
  [[nodiscard]] Turn turn_to_receive(platform::ForkLock& lock,
                                     const progeny::detail::Deadline& deadline) const;
  /// To be called when a deadline has ended a transfer in the middle of a message: closes, as no
  /// later message could be told from the rest of this one.
  void give_up_inside(const OSError& error) noexcept;

  /// Sends at least one byte, and returns how many.
  [[nodiscard]] std::size_t send_some(std::string_view bytes,
                                      const progeny::detail::Deadline& deadline) const;
  void send_all(std::string_view bytes, const progeny::detail::Deadline& deadline);
  /// Sends `packet` whole. Returns false if the system has no memory for one so large.
  [[nodiscard]] bool try_send_packet(std::string_view packet,
                                     const progeny::detail::Deadline& deadline);
  /// Sends at least one byte of `bytes` and of `more` behind them, with `handles` beside the first.
  /// Returns the number of bytes sent.
  [[nodiscard]] std::size_t send_with_handles(std::string_view bytes,
                                              std::span<const native_handle> handles,
                                              const progeny::detail::Deadline& deadline,
                                              std::string_view more = {}) const;

  /// Receives what is there, with the handles beside it if `handles` is not null. 0 is the end of
  /// the stream.
  [[nodiscard]] std::size_t receive_some(std::span<char> space,
                                         const progeny::detail::Deadline& deadline,
                                         platform::ReceivedHandles* handles);
  /// Begins a message in `sink`, and returns the length that the header states. Throws OSError if
  /// it cannot be, and closes; or if it is too long for the sink, and stops receiving.
  [[nodiscard]] std::uint64_t begin(MessageSink& sink, const Header& header);
  /// Receives `count` bytes more into the sink. Throws OSError if the stream ends before.
  void receive_rest(MessageSink& sink,
                    std::uint64_t count,
                    const progeny::detail::Deadline& deadline);
  /// Closes, and throws OSError `bad_message`: the peer does not keep to the framing.
  [[noreturn]] void refuse(const char* why);

 private:
  Handle handle_;
  platform::TransportKind kind_;
  Directions directions_;
};

}  // namespace progeny::multiprocessing::detail
