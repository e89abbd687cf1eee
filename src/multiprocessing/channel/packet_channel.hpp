#pragma once

// Messages over a socket of packets, which keeps the bounds of what one call sent.

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/wire.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"
#include "platform/process/fork_lock.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

/// One end of a socket of packets. A message with a body of up to 64 KiB is one packet, sent and
/// received by one call: so processes that share an end do not mix their messages. A longer message
/// is several packets, and no packet has parts of two messages:
///
///     | header, prefix, first 64 KiB | next 256 KiB | ... | the rest |
///
/// Large packets take the system less time. The sender makes them smaller if the buffer of the
/// socket holds only a few such packets, or the system has no memory for one.
///
/// When the peer has closed its end, everything that it had sent is received before the end of the
/// stream is, whether or not it had read everything that was sent to it.
class PacketChannel : public Channel {
 public:
  PacketChannel(Handle socket, const Directions& directions) noexcept
      : wire_(std::move(socket), platform::TransportKind::packet_socket, directions) {}

  [[nodiscard]] const Directions& directions() const noexcept override {
    return wire_.directions();
  }
  [[nodiscard]] HandlePassing handle_passing() const noexcept override {
    return HandlePassing::beside;
  }
  [[nodiscard]] native_handle fileno() const override { return wire_.handle(); }
  void send(const Frame& frame, const Deadline& deadline) override;
  [[nodiscard]] std::string receive(std::uint64_t maxlength,
                                    const Deadline& deadline,
                                    platform::ReceivedHandles* handles) override;
  void receive_to(MessageSink& sink,
                  const Deadline& deadline,
                  platform::ReceivedHandles* handles) override;
  [[nodiscard]] std::size_t receive_into(std::span<char> room, const Deadline& deadline) override;
  [[nodiscard]] bool poll(const Deadline& deadline) const override { return wire_.poll(deadline); }
  void save(serial::Writer& writer) const override { wire_.save(writer); }
  void close() noexcept override { wire_.close(); }

 private:
  void send_packets(const Frame& frame, std::string_view head, const Deadline& deadline);
  void send_rest(std::string_view rest, const Deadline& deadline);
  void receive_rest(MessageSink& sink, std::uint64_t count, const Deadline& deadline);

  Wire wire_;
  std::size_t packet_ = 0;  // Of a long message, the size of all packets but the first; 0: not yet
                            // asked for. Guarded by send_lock_.
  // Each keeps the messages of one direction whole among the threads of this process.
  platform::ForkLock send_lock_;
  platform::ForkLock receive_lock_;
};

}  // namespace progeny::multiprocessing::detail
