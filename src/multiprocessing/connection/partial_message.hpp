#pragma once

// Short messages to and from a client that may stall: nothing here waits.

#include "multiprocessing/channel/framing.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace progeny::multiprocessing::detail {

/// A message that arrives in pieces. Takes no byte of what follows it.
class PartialMessage {
 public:
  /// The longest message that is accepted, in bytes.
  static constexpr std::size_t longest = 256;

  /// Takes what is there, and returns whether the message is whole. Throws EOFError if the client
  /// has closed its end before the first byte, OSError if inside the message or for a message that
  /// is too long.
  [[nodiscard]] bool take_from(native_handle socket, platform::TransportKind kind);
  /// Whether no byte has come yet.
  [[nodiscard]] bool is_empty() const noexcept { return filled_ == 0; }
  /// The whole message. The object is empty afterwards.
  [[nodiscard]] std::string take();

 private:
  [[nodiscard]] std::size_t wanted() const;

  std::array<char, short_header + longest> bytes_{};
  std::size_t filled_ = 0;
};

/// Sends a message that the socket's buffer has room for. Throws OSError if it has none.
void send_at_once(native_handle socket, platform::TransportKind kind, std::string_view text);

}  // namespace progeny::multiprocessing::detail
