#pragma once

// The destination of a message that arrives in pieces.

#include "multiprocessing/channel/framing.hpp"

#include <progeny/multiprocessing/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

/// Takes the pieces of one message. After the death of its sender, another message begins in its
/// place: then `begin` is called again.
class MessageSink {
 public:
  MessageSink() = default;
  MessageSink(const MessageSink&) = delete;
  MessageSink& operator=(const MessageSink&) = delete;
  virtual ~MessageSink() = default;
  /// Begins a message of `size` bytes. Returns false if they are too many.
  [[nodiscard]] virtual bool begin(std::uint64_t size) = 0;
  /// Takes the next piece.
  virtual void append(std::string_view bytes) = 0;
  /// Memory for the next piece, of 1 to `most` bytes (not 0): a piece that is received there need
  /// not be copied. `fill` has to follow.
  [[nodiscard]] virtual std::span<char> room(std::size_t most) = 0;
  /// Takes the next piece, which lies in the first `count` bytes of the last `room`.
  virtual void fill(std::size_t count) = 0;
};

/// Collects a message of at most `most` bytes in a string.
class TextSink : public MessageSink {
 public:
  explicit TextSink(std::uint64_t most) : most_(most) {}
  [[nodiscard]] bool begin(std::uint64_t size) override {
    if (size > most_) {
      return false;
    }
    text_.clear();
    text_.reserve(std::min<std::uint64_t>(size, first_reserve));
    return true;
  }
  void append(std::string_view bytes) override { text_.append(bytes); }
  [[nodiscard]] std::span<char> room(std::size_t most) override {
    // The bytes are zeroed, then overwritten by the system. So few are still in the processor's
    // cache by then.
    constexpr std::size_t step = std::size_t{256} << 10;
    filled_ = text_.size();
    text_.resize(filled_ + std::min(most, step));
    return std::span(text_).subspan(filled_);
  }
  void fill(std::size_t count) override { text_.resize(filled_ + count); }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::uint64_t most_;
  std::string text_;
  std::size_t filled_ = 0;  // Without the last room.
};

/// Copies a message into memory of the caller. A message that does not fit is collected in a
/// string, for BufferTooShort.
class MemorySink : public MessageSink {
 public:
  explicit MemorySink(std::span<char> room) : memory_(room) {}
  [[nodiscard]] bool begin(std::uint64_t size) override {
    size_ = 0;
    fits_ = size <= memory_.size();
    return fits_ || text_.begin(size);
  }
  void append(std::string_view bytes) override {
    if (fits_) {
      std::ranges::copy(bytes, memory_.begin() + static_cast<std::ptrdiff_t>(size_));
      size_ += bytes.size();
    } else {
      text_.append(bytes);
    }
  }
  [[nodiscard]] std::span<char> room(std::size_t most) override {
    return fits_ ? memory_.subspan(size_, most) : text_.room(most);
  }
  void fill(std::size_t count) override {
    if (fits_) {
      size_ += count;
    } else {
      text_.fill(count);
    }
  }
  /// Returns the message's length. Throws BufferTooShort, with the message, if it did not fit.
  std::size_t end() {
    if (!fits_) {
      throw BufferTooShort(text_.take(), memory_.size());
    }
    return size_;
  }

 private:
  std::span<char> memory_;
  std::size_t size_ = 0;
  bool fits_ = true;
  TextSink text_{std::numeric_limits<std::uint64_t>::max()};
};

}  // namespace progeny::multiprocessing::detail
