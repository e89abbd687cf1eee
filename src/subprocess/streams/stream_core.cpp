#include "subprocess/streams/stream_core.hpp"

#include "platform/host/terminal.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/system/is_windows.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

namespace progeny::subprocess::detail {

namespace {

// What a pipe holds on Linux: one read empties it.
constexpr std::size_t read_block = 65536;
// Python's io.DEFAULT_BUFFER_SIZE.
constexpr std::size_t default_write_buffer = 8192;

// What `\n` becomes in written text: on Windows a terminal wants the Enter key.
std::string_view written_line_end(const StreamFormat& format) noexcept {
  if (!platform::is_windows()) {
    return "\n";
  }
  return format.is_terminal ? "\r" : "\r\n";
}

}  // namespace

StreamCore::StreamCore(Handle pipe, Direction direction, StreamFormat format)
    : pipe_(std::move(pipe)), direction_(direction), format_(std::move(format)) {
  if (format_.text && direction_ == Direction::read) {
    decoder_.emplace(*format_.text);
  }
  if (format_.text && direction_ == Direction::write) {
    encoder_.emplace(*format_.text, written_line_end(format_));
  }
}

void StreamCore::require(Direction direction) const {
  if (direction != direction_) {
    throw UsageError(direction == Direction::read ? "not readable: this stream is for writing"
                                                  : "not writable: this stream is for reading");
  }
  if (is_closed()) {
    throw ValueError("I/O operation on closed stream");
  }
}

// Unbuffered reading takes no byte that was not asked for, because another reader of the same pipe
// may want it.
bool StreamCore::fill(std::size_t wanted) {
  if (at_end_) {
    return false;
  }
  if (block_ == nullptr) {
    block_ = std::make_unique_for_overwrite<char[]>(read_block);
  }
  const bool unbuffered = format_.bufsize == 0 && !decoder_;
  const std::span<char> space(block_.get(), unbuffered ? std::min(wanted, read_block) : read_block);
  const platform::IoResult result = platform::read_some(pipe_.get(), space);
  if (result.error) {
    throw OSError(result.error, "read");
  }
  buffer_.erase(0, std::exchange(taken_, 0));
  const std::size_t before = buffer_.size();
  const std::string_view bytes(block_.get(), result.count);
  at_end_ = bytes.empty() && decoder_;
  if (decoder_) {
    decoder_->decode(bytes, at_end_, buffer_);
  } else {
    buffer_.append(bytes);
  }
  return !bytes.empty() || buffer_.size() > before;  // The decoder may have kept something back.
}

std::string StreamCore::take(std::size_t count) {
  std::string text;
  if (taken_ == 0 && count == buffer_.size()) {
    text.swap(buffer_);
    return text;
  }
  text = buffer_.substr(taken_, count);
  taken_ += text.size();
  return text;
}

std::size_t StreamCore::buffer_limit() const noexcept {
  if (format_.bufsize == 0) {
    return 0;
  }
  return format_.bufsize > 1 ? static_cast<std::size_t>(format_.bufsize) : default_write_buffer;
}

void StreamCore::write(std::string_view data) {
  std::string encoded;
  std::string_view bytes = data;
  if (encoder_ && !encoder_->is_passthrough(data)) {
    encoder_->encode(data, encoded);
    bytes = encoded;
  }
  if (buffer_.size() + bytes.size() <= buffer_limit()) {
    buffer_.append(bytes);
  } else {
    flush();
    send(bytes);
  }
  // As Python, a CR alone counts too: prompts and progress displays end with one.
  const bool by_lines = format_.bufsize == 1 && encoder_;
  if (by_lines && data.find_first_of("\r\n") != std::string_view::npos) {
    flush();
  }
}

void StreamCore::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const platform::IoResult result = platform::write_some(pipe_.get(), bytes);
    if (result.error) {
      throw OSError(result.error, "write");
    }
    bytes.remove_prefix(result.count);
  }
}

// Data that cannot be sent stays buffered, as in Python. So closing tries again, and throws again.
void StreamCore::flush() {
  while (!buffer_.empty()) {
    const platform::IoResult result = platform::write_some(pipe_.get(), buffer_);
    if (result.error) {
      throw OSError(result.error, "write");
    }
    buffer_.erase(0, result.count);
  }
}

void StreamCore::close_at_once() noexcept {
  if (!is_closed() && direction_ == Direction::write && !buffer_.empty()) {
    static_cast<void>(platform::try_write(pipe_.get(), buffer_));
  }
  pipe_.reset();
}

void StreamCore::close() {
  if (is_closed() || direction_ == Direction::read) {
    pipe_.reset();
    return;
  }
  try {
    flush();
  } catch (...) {
    pipe_.reset();
    throw;
  }
  if (format_.is_terminal) {
    end_typing();
  }
  pipe_.reset();
}

// A child that has ended needs no end of input.
void StreamCore::end_typing() noexcept {
  const std::string ending = platform::end_of_typing(pipe_.get());
  std::string_view left = ending;
  while (!left.empty()) {
    const platform::IoResult result = platform::write_some(pipe_.get(), left);
    if (result.error) {
      return;
    }
    left.remove_prefix(result.count);
  }
}

}  // namespace progeny::subprocess::detail
