#pragma once

// The destination of a message that arrives in pieces.

#include "multiprocessing/channel/framing.hpp"

#include <progeny/multiprocessing/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
};

/// Collects a message of at most `most` bytes in a string.
class TextSink : public MessageSink {
 public:
  explicit TextSink(std::uint64_t most) : most_(most) {}
  [[nodiscard]] bool begin(std::uint64_t size) override {
    text_.clear();
    text_.reserve(std::min<std::uint64_t>(size, first_reserve));
    return size <= most_;
  }
  void append(std::string_view bytes) override { text_.append(bytes); }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::uint64_t most_;
  std::string text_;
};

/// Copies a message into memory of the caller. A message that does not fit is collected in a
/// string, for BufferTooShort.
class MemorySink : public MessageSink {
 public:
  explicit MemorySink(std::span<char> room) : room_(room) {}
  [[nodiscard]] bool begin(std::uint64_t size) override {
    size_ = 0;
    fits_ = size <= room_.size();
    text_.clear();
    return true;
  }
  void append(std::string_view bytes) override {
    if (fits_) {
      std::ranges::copy(bytes, room_.begin() + static_cast<std::ptrdiff_t>(size_));
      size_ += bytes.size();
    } else {
      text_.append(bytes);
    }
  }
  /// Returns the message's length. Throws BufferTooShort, with the message, if it did not fit.
  std::size_t end() {
    if (!fits_) {
      throw BufferTooShort(std::move(text_), room_.size());
    }
    return size_;
  }

 private:
  std::span<char> room_;
  std::size_t size_ = 0;
  bool fits_ = true;
  std::string text_;
};

}  // namespace progeny::multiprocessing::detail
