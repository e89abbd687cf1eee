#pragma once

// Feeding and draining a child's pipes at the same time: the core of `communicate`. Doing one after
// the other can block for ever, with each side waiting for the other to read.

#include "base/deadline.hpp"
#include "platform/io/event.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace progeny::platform {

/// The receiver of bytes from a pipe.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  /// Memory to read into, never empty. May throw; then nothing has been read.
  virtual std::span<char> space() = 0;
  /// Says that the first `count` bytes of that memory have been filled. May throw.
  virtual void filled(std::size_t count) = 0;
};

/// A write that goes on after a deadline. Cancelling it would lose count of how much the child has
/// read. Windows only.
class PendingWrite;

/// A pipe to write to, and its input. The pipe is closed when all is sent, or when it has no reader
/// any more.
struct Feed {
  Handle* pipe = nullptr;       ///< Null or empty: nothing to feed.
  std::string_view bytes = {};  ///< What is left to send.
  bool may_grow = false;        ///< Whether the pipe may get more room for much input.
  bool is_terminal = false;     ///< Its input ends by characters that are typed: see terminal.hpp.
  std::string ending = {};      ///< These characters, once `bytes` refers to them.
  std::error_code error{};      ///< Why sending ended early, unless the reader closed.
  std::shared_ptr<PendingWrite> pending = {};  ///< The piece of `bytes` that is being written.
};

/// A pipe to read from, and where its bytes go. The pipe is closed at its end.
struct Drain {
  Handle* pipe = nullptr;  ///< Null or empty: nothing to drain.
  Sink* sink = nullptr;
  bool may_grow = false;  ///< Whether the pipe may get more room if much comes.
};

/// Why a transfer ended.
enum class TransferEnd : std::uint8_t { finished, timed_out, cancelled };

/// To be called when all bytes are sent: closes the pipe. A terminal first gets the characters that
/// end its input: `bytes` then holds them, and the pipe stays open.
void end_feed(Feed& feed) noexcept;

/// Feeds and drains until every pipe is closed, the deadline passes, or `cancel` (may be null) is
/// set. It can be called again with the same arguments to go on. If the deadline has passed
/// already, it moves what can be moved without waiting. No SIGPIPE reaches the host.
/// - Throws: OSError, and what a sink throws.
TransferEnd transfer(Feed& feed,
                     std::span<Drain> drains,
                     const detail::Deadline& deadline,
                     const Event* cancel);

}  // namespace progeny::platform
