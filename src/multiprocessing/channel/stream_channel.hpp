#pragma once

// Messages over a stream of bytes: a pipe, a local socket or a network connection.

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/channel/wire.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"
#include "platform/process/fork_lock.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace progeny::multiprocessing::detail {

/// One end of a stream. Each message has its length in front, as Python writes it (framing.hpp).
class StreamChannel : public Channel {
 public:
  StreamChannel(Handle handle, platform::TransportKind kind, const Directions& directions) noexcept
      : wire_(std::move(handle), kind, directions) {}

  [[nodiscard]] const Directions& directions() const noexcept override {
    return wire_.directions();
  }
  [[nodiscard]] HandlePassing handle_passing() const noexcept override;
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
  void make_room_for(std::size_t size) noexcept;
  using HeaderBytes = std::array<char, longest_header>;
  [[nodiscard]] std::size_t begin_message(HeaderBytes& header,
                                          const Deadline& deadline,
                                          platform::ReceivedHandles* handles);
  [[nodiscard]] std::uint64_t begin(MessageSink& sink,
                                    HeaderBytes& bytes,
                                    std::size_t begun,
                                    const Deadline& deadline);
  void receive_all(std::span<char> space, const Deadline& deadline);

  Wire wire_;
  bool grown_ = false;  // Whether a larger buffer was asked for. Guarded by send_lock_.
  // Each keeps the messages of one direction whole among the threads of this process.
  platform::ForkLock send_lock_;
  platform::ForkLock receive_lock_;
};

}  // namespace progeny::multiprocessing::detail
