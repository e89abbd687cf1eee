#pragma once

// A connection whose messages go through shared memory.

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/other_end.hpp"
#include "multiprocessing/channel/shared_ring.hpp"
#include "multiprocessing/memory/bell.hpp"
#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/io/event.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace progeny::serial {

class Reader;
class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

class MessageSink;

/// One end of a shared pipe: two rings, and a socket beside them for handles and for the end of
/// the stream, which the kernel tells by closing it.
class SharedChannel : public Channel {
 public:
  /// The two ends of a new pipe. Without `duplex` the first only receives.
  /// - Throws: OSError if there is no memory or no descriptor.
  [[nodiscard]] static std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> make_pair(
      bool duplex);

  /// Reads what `save` wrote behind the handle of the socket and the directions.
  [[nodiscard]] static std::unique_ptr<Channel> load(serial::Reader& reader,
                                                     Handle socket,
                                                     const Directions& directions);

  /// What an end consists of, beside its socket.
  struct Parts {
    std::shared_ptr<Region> region;
    std::shared_ptr<Roster> roster;
    unsigned end;              ///< 0 or 1.
    platform::Event incoming;  ///< Goes into the bell of what this end receives.
    platform::Event outgoing;  ///< The same for what it sends.
  };
  /// Only for the functions above.
  SharedChannel(Handle socket, const Directions& directions, Parts parts);
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
  [[nodiscard]] std::size_t receive_into(std::span<char> room) override;
  [[nodiscard]] bool poll(const Deadline& deadline) const override;
  void save(serial::Writer& writer) const override;
  void close() noexcept override;

 private:
  [[nodiscard]] SharedRing ring_from(unsigned end) const noexcept;
  void put(std::initializer_list<std::string_view> parts,
           const SharedRing::Marks& marks,
           const Deadline& deadline);
  std::uint64_t send_handles(std::span<const native_handle> handles, const Deadline& deadline);
  void receive_message(MessageSink& sink,
                       const Deadline& deadline,
                       platform::ReceivedHandles* handles);
  [[nodiscard]] SharedRing::Piece next_piece(const Deadline& deadline);
  [[nodiscard]] bool take_message(MessageSink& sink,
                                  const Deadline& deadline,
                                  platform::ReceivedHandles* handles,
                                  bool has_waited);
  [[nodiscard]] std::uint64_t begin_message(MessageSink& sink,
                                            const SharedRing::Marks& marks,
                                            std::string_view& bytes,
                                            std::uint64_t& size);
  void drop(const SharedRing::Piece& piece) noexcept;
  void silence_if_empty() noexcept;
  void receive_handles(std::uint64_t ticket, platform::ReceivedHandles* handles);

  void stop_receiving() noexcept;

  Handle socket_;
  Directions directions_;
  Parts parts_;
  SharedRing in_;
  SharedRing out_;
  mutable PollBell incoming_;
  PollBell outgoing_;
  mutable OtherEnd other_;
  // What `fileno` gives.
  mutable std::once_flag watched_;
  mutable Handle watch_;
};

}  // namespace progeny::multiprocessing::detail
