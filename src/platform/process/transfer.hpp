#pragma once

// Moving bytes through a child's pipes in both directions at once, so that neither side waits
// for the other for ever.

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

/// Where bytes from a pipe go.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  /// Memory to read into, never empty. May throw; nothing has been read then.
  virtual std::span<char> space() = 0;
  /// The first `count` bytes of that memory have been filled. May throw.
  virtual void filled(std::size_t count) = 0;
};

/// A write that goes on beyond a deadline, because it cannot be taken back without losing count of
/// what was read of it. Windows only.
class PendingWrite;

/// A pipe to write to. Closed when everything is sent, or nobody reads it any more.
struct Feed {
  Handle* pipe = nullptr;       ///< Null or empty: nothing to feed.
  std::string_view bytes = {};  ///< What is left to send.
  bool may_grow = false;        ///< Whether the pipe may be given more room for much input.
  bool is_terminal = false;     ///< Its input is ended by typing: see terminal.hpp.
  std::string ending = {};      ///< What is typed then; empty before.
  std::error_code error{};      ///< Why sending ended early, other than a reader that is gone.
  std::shared_ptr<PendingWrite> pending = {};  ///< What was taken out of `bytes` and is on its way.
};

/// A pipe to read from. Closed at end of file.
struct Drain {
  Handle* pipe = nullptr;  ///< Null or empty: nothing to drain.
  Sink* sink = nullptr;
  bool may_grow = false;  ///< Whether the pipe may be given more room when much comes.
};

enum class TransferEnd : std::uint8_t { finished, timed_out, cancelled };

/// When all is sent: closes the pipe, unless a terminal has to be told first, which `bytes` then
/// is.
void end_feed(Feed& feed) noexcept;

/// Feeds and drains until every pipe is done, the deadline passes, or `cancel` (may be null) is
/// set. Can be called again with what is left. At a deadline that has passed already it moves what
/// can be moved without waiting. Throws OSError, and what a sink throws.
TransferEnd transfer(Feed& feed,
                     std::span<Drain> drains,
                     const detail::Deadline& deadline,
                     const Event* cancel);

}  // namespace progeny::platform
