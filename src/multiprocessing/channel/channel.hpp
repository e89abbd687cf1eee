#pragma once

// The byte-level core of a connection: messages on a stream of bytes, framed as Python does.

#include "base/deadline.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"
#include "platform/process/fork_lock.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace progeny::serial {

class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

using progeny::detail::Deadline;

/// The deadline of calls that have none. Not made anew each time, as that asks the clock.
[[nodiscard]] const Deadline& never() noexcept;

/// One message to send: `prefix` and `body` one after the other, with `handles` beside them.
struct Frame {
  std::string_view prefix = {};  ///< At most 16 bytes.
  std::string_view body = {};
  std::span<const native_handle> handles = {};  ///< Only over a local socket.
};

/// One end. Sending and receiving are safe from several threads at once.
class Channel {
 public:
  Channel(Handle handle, bool readable, bool writable) noexcept;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel() = default;

  [[nodiscard]] platform::TransportKind kind() const noexcept { return kind_; }
  [[nodiscard]] bool readable() const noexcept { return readable_; }
  [[nodiscard]] bool writable() const noexcept { return writable_; }
  [[nodiscard]] bool closed() const noexcept { return !handle_; }
  [[nodiscard]] native_handle handle() const noexcept { return handle_.get(); }
  virtual void close() noexcept { handle_.reset(); }
  /// Gives up the handle, and is closed.
  [[nodiscard]] Handle release() noexcept { return std::move(handle_); }

  /// Whether it is a SharedChannel.
  [[nodiscard]] virtual bool is_shared() const noexcept { return false; }
  /// Writes it as a part of a message to another process.
  virtual void save(serial::Writer& writer) const;
  /// What is readable while there is something to receive, or once the other end is closed.
  [[nodiscard]] virtual native_handle fileno() const { return handle_.get(); }
  /// Waits until there is something to receive, or the other end is closed.
  [[nodiscard]] virtual bool poll(const Deadline& deadline) const;

  /// Throw OSError if it is closed, or does not go in this direction.
  void check_open() const;
  void check_readable() const;
  void check_writable() const;

  /// Sends a message. Throws OSError; `timed_out` once the deadline has passed, and then the
  /// stream is of no use any more.
  virtual void send(const Frame& frame, const Deadline& deadline);

  /// Receives a message of at most `maxlength` bytes, and the handles that come with its first
  /// byte if `handles` is not null. Throws EOFError, and OSError as above.
  [[nodiscard]] virtual std::string receive(std::uint64_t maxlength,
                                            const Deadline& deadline,
                                            platform::ReceivedHandles* handles);
  [[nodiscard]] std::string receive(std::uint64_t maxlength, const Deadline& deadline) {
    return receive(maxlength, deadline, nullptr);
  }

  /// Receives a message into `room`, or throws BufferTooShort. Returns its length.
  [[nodiscard]] virtual std::size_t receive_into(std::span<char> room);

 protected:
  /// No more of it can be received.
  void stop_receiving() noexcept;
  /// Closes it, and throws.
  [[noreturn]] void refuse(std::errc code, const char* why);

 private:
  [[nodiscard]] std::uint64_t receive_length(std::uint64_t maxlength,
                                             const Deadline& deadline,
                                             platform::ReceivedHandles* handles);
  [[nodiscard]] std::string receive_body(std::uint64_t length, const Deadline& deadline);
  void receive_rest(std::span<char> space, const Deadline& deadline);
  [[nodiscard]] std::size_t receive_up_to(std::span<char> space,
                                          const Deadline& deadline,
                                          platform::ReceivedHandles* handles = nullptr);
  [[nodiscard]] std::string receive_packets(std::uint64_t maxlength,
                                            const Deadline& deadline,
                                            platform::ReceivedHandles* handles);
  [[nodiscard]] std::size_t receive_once(std::span<char> space,
                                         const Deadline& deadline,
                                         platform::ReceivedHandles* handles);
  void check_header(const Header& header, std::uint64_t maxlength);
  void send_packets(const Frame& frame, std::string_view head, const Deadline& deadline);
  void send_all(std::string_view bytes, const Deadline& deadline);
  void make_room_for(std::size_t size) noexcept;
  Handle handle_;
  platform::TransportKind kind_;
  bool readable_;
  bool writable_;
  bool grown_ = false;  // Guarded by send_lock_.
  // Each keeps the messages of one direction whole.
  platform::ForkLock send_lock_;
  platform::ForkLock receive_lock_;
};

}  // namespace progeny::multiprocessing::detail
