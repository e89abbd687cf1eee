#pragma once

// Messages through shared memory.

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/directions.hpp"
#include "multiprocessing/channel/other_end.hpp"
#include "multiprocessing/channel/shared_pipe.hpp"
#include "multiprocessing/channel/shared_ring.hpp"
#include "multiprocessing/memory/bell.hpp"
#include "platform/ipc/handle_passing.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::serial {

class Reader;
class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

/// One end of a shared pipe: a ring for each direction, and a socket. Handles travel over the
/// socket, and the kernel hangs it up once no process has the peer's end any more.
///
///     sender                                        receiver
///     takes the senders' lock
///     handles, if any: sends them over the socket
///     puts the message, piece by piece              takes the receivers' lock
///       each time: rings the bell                   copies each piece out and drops it
///       no room: sleeps for a quarter of the ring     each time: rings for room, if it pays
///     lets the lock go                              handles, if any: takes them from the socket
///                                                   lets the lock go
///
/// The locks lie in shared memory, so messages stay whole among all processes that share an end. If
/// an owner of a lock dies, the next one has it:
///
///     killed while                      what remains                 what the next one does
///     sending, before the last piece    the first pieces             the next sender begins its
///                                                                    message behind them; the
///                                                                    receiver then forgets them
///     sending, after the handles        handles without a message    the receiver skips them, as
///                                                                    their ticket is too small
///     receiving, after the first piece  the other pieces             the next receiver drops them
///
/// An owner that is stopped keeps its lock. That costs the others their own deadlines, and `poll`
/// takes no lock. docs/gotchas.md says what that
/// means for calls without a deadline.
class SharedChannel : public Channel {
 public:
  /// The two ends of a new pipe. Without `duplex` the first only receives. Throws OSError if there
  /// is no memory or no descriptor.
  [[nodiscard]] static std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> make_pair(
      bool duplex);

  /// Reads what `save` wrote behind the SavedEnd that has `socket`.
  [[nodiscard]] static std::unique_ptr<Channel> load(serial::Reader& reader,
                                                     Handle socket,
                                                     const Directions& directions);

  SharedChannel(Handle socket, const Directions& directions, SharedPipeEnd end);
  SharedChannel(const SharedChannel&) = delete;
  SharedChannel& operator=(const SharedChannel&) = delete;
  ~SharedChannel() override;

  [[nodiscard]] const Directions& directions() const noexcept override { return directions_; }
  [[nodiscard]] HandlePassing handle_passing() const noexcept override {
    return HandlePassing::beside;
  }
  [[nodiscard]] native_handle fileno() const override;
  void send(const Frame& frame, const Deadline& deadline) override;
  [[nodiscard]] std::string receive(std::uint64_t maxlength,
                                    const Deadline& deadline,
                                    platform::ReceivedHandles* handles) override;
  void receive_to(MessageSink& sink,
                  const Deadline& deadline,
                  platform::ReceivedHandles* handles) override;
  [[nodiscard]] std::size_t receive_into(std::span<char> room, const Deadline& deadline) override;
  [[nodiscard]] bool poll(const Deadline& deadline) const override;
  void save(serial::Writer& writer) const override;
  void close() noexcept override;

 private:
  void put(std::initializer_list<std::string_view> parts,
           const SharedRing::Marks& marks,
           const Deadline& deadline);
  void put_rest(std::string_view bytes, const Deadline& deadline);
  [[nodiscard]] std::uint64_t send_handles(std::span<const native_handle> handles,
                                           const Deadline& deadline);
  void receive_handles(std::uint64_t ticket, platform::ReceivedHandles* handles);

  [[nodiscard]] bool take_message(MessageSink& sink,
                                  const Deadline& deadline,
                                  platform::ReceivedHandles* handles,
                                  bool has_waited);
  void take_pieces(SharedRing::Piece piece,
                   MessageSink& sink,
                   const Deadline& deadline,
                   platform::ReceivedHandles* handles);
  [[nodiscard]] SharedRing::Piece next_piece(const Deadline& deadline);
  [[nodiscard]] OtherEnd::Waited wait_for_piece(const Deadline& deadline) const;
  void begin(MessageSink& sink, std::uint64_t size);
  void drop(const SharedRing::Piece& piece) noexcept;
  void silence_if_empty() noexcept;

  Handle socket_;
  Directions directions_;
  SharedPipeEnd end_;  // Its events are in the bells.
  SharedRing in_;
  SharedRing out_;
  mutable PollBell incoming_;
  PollBell outgoing_;
  mutable OtherEnd other_;
  // What `fileno` returns; made at its first call.
  mutable std::once_flag watched_;
  mutable Handle watch_;
};

}  // namespace progeny::multiprocessing::detail
