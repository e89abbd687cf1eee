#pragma once

// Python's framing: each message is its length and then its bytes.

#include "platform/channel.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/serial/message.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

/// Longer messages are refused by their length, before anything of them is read.
inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

class ConnectionCore {
 public:
  ConnectionCore(Handle handle, platform::ChannelKind kind, bool readable, bool writable) noexcept
      : handle_(std::move(handle)), kind_(kind), readable_(readable), writable_(writable) {}

  [[nodiscard]] native_handle handle() const noexcept { return handle_.get(); }
  [[nodiscard]] platform::ChannelKind kind() const noexcept { return kind_; }
  [[nodiscard]] bool readable() const noexcept { return readable_; }
  [[nodiscard]] bool writable() const noexcept { return writable_; }
  /// Whether handles can travel beside the bytes.
  [[nodiscard]] bool carries_handles() const noexcept;

  /// Sends one message. Throws OSError.
  void send(std::string_view bytes, std::span<const native_handle> handles = {});
  /// Receives one message. `handles`, if not null, gets those beside it. Throws EOFError, OSError.
  [[nodiscard]] std::string receive(std::uint64_t most, std::vector<Handle>* handles);
  /// Whether something, or the end, can be read.
  [[nodiscard]] bool poll(Timeout timeout) const;

 private:
  class Input;
  void send_packets(std::string_view head,
                    std::string_view bytes,
                    std::span<const native_handle> handles);
  [[noreturn]] void give_up_reading(const char* reason);

  Handle handle_;
  platform::ChannelKind kind_;
  bool readable_;
  bool writable_;
  std::mutex sending_;    // Keeps the parts of a long message together.
  std::mutex receiving_;  // The same.
};

}  // namespace progeny::multiprocessing::detail
