#pragma once

// How an encoded value crosses a connection: as one message whose first byte tells which way its
// handles go.

#include "multiprocessing/channel/channel.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/serial/message.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

/// Sends a value: handles go beside the bytes where the system can do that, and are left with
/// resource_sharer where they have to be fetched. Throws RuntimeError if neither reaches the peer,
/// ValueError for too many handles, otherwise as `Channel::send`.
void send_object(Channel& channel, const serial::Outgoing& message);

/// Receives a value. Throws RuntimeError if the message is no value, or if not all of its handles
/// came; OSError if they could not be opened here; otherwise as `Channel::receive`. The stream
/// stays in step, and no handle is left open.
[[nodiscard]] connection::Message receive_object(Channel& channel);

/// What goes in front of an encoded value so that its handles can be fetched, where bytes alone can
/// be sent. The handles are kept until then, unless this is destroyed before `hand_over`.
class Tickets {
 public:
  /// Of a value without handles: no text.
  Tickets() noexcept = default;
  /// Throws OSError; then no handle is kept.
  explicit Tickets(std::span<const native_handle> handles);
  Tickets(Tickets&& other) noexcept;
  Tickets& operator=(Tickets&& other) noexcept;
  Tickets(const Tickets&) = delete;
  Tickets& operator=(const Tickets&) = delete;
  ~Tickets();

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// To be called once they have been sent.
  void hand_over() noexcept { keys_.clear(); }

 private:
  void add(native_handle handle);

  std::string text_;
  std::vector<std::uint64_t> keys_;
};

/// The value behind its tickets, and the handles, fetched. Throws RuntimeError if the bytes are no
/// such message, otherwise as `resource_sharer::DupFd::detach`.
[[nodiscard]] serial::Incoming fetched(std::string_view bytes);

}  // namespace progeny::multiprocessing::detail
