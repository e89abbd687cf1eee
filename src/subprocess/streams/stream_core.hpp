#pragma once

// What a Stream is made of: a pipe end, a buffer, and in text mode a codec.

#include "subprocess/text/text.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace progeny::subprocess::detail {

/// How a pipe's stream buffers and translates.
struct StreamFormat {
  int bufsize = -1;
  std::optional<TextFormat> text = {};  ///< Nothing: binary.
  bool fixed_capacity = false;          ///< The caller has chosen the room in the pipe: leave it.
  bool is_terminal = false;             ///< Not a pipe.
};

/// One direction of a pipe. Reading and writing calls belong to streams of that direction only.
class StreamCore {
 public:
  enum class Direction : std::uint8_t { read, write };

  StreamCore(Handle pipe, Direction direction, StreamFormat format);

  /// Reads more output into the buffer. Returns false at end of file.
  [[nodiscard]] bool fill(std::size_t wanted);
  /// The bytes that have been read (and decoded), but not taken yet.
  [[nodiscard]] std::string_view buffered() const noexcept {
    return std::string_view(buffer_).substr(taken_);
  }
  /// Takes the first `count` bytes of what is buffered.
  [[nodiscard]] std::string take(std::size_t count);

  void write(std::string_view data);
  void flush();

  void close();
  /// Closes without waiting for room. Data that the pipe does not take at once is lost.
  void close_at_once() noexcept;
  [[nodiscard]] bool is_closed() const noexcept { return !pipe_; }
  /// Throws UsageError for the wrong direction, ValueError for a closed stream.
  void require(Direction direction) const;

  [[nodiscard]] Handle& pipe() noexcept { return pipe_; }
  [[nodiscard]] const Handle& pipe() const noexcept { return pipe_; }
  [[nodiscard]] Direction direction() const noexcept { return direction_; }
  [[nodiscard]] const StreamFormat& format() const noexcept { return format_; }
  /// Nothing in binary mode, and for a stream of the other direction.
  [[nodiscard]] Decoder* decoder() noexcept { return decoder_ ? &*decoder_ : nullptr; }
  [[nodiscard]] Encoder* encoder() noexcept { return encoder_ ? &*encoder_ : nullptr; }

 private:
  void send(std::string_view bytes);
  void end_typing() noexcept;
  [[nodiscard]] std::size_t buffer_limit() const noexcept;

  Handle pipe_;
  Direction direction_;
  StreamFormat format_;
  std::optional<Decoder> decoder_;
  std::optional<Encoder> encoder_;
  std::unique_ptr<char[]> block_;  // Takes one read. Not on the stack, which may be small.
  std::string buffer_;             // Read: decoded, not yet taken. Written: encoded, not yet sent.
  std::size_t taken_ = 0;          // How much of the front of `buffer_` has been taken.
  bool at_end_ = false;            // The decoder has been told that nothing follows.
};

}  // namespace progeny::subprocess::detail
