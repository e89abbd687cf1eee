#pragma once

// Where a message goes that comes in pieces.

#include <progeny/multiprocessing/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

/// Takes the pieces. A message may begin anew, if its sender was killed.
class MessageSink {
 public:
  MessageSink() = default;
  MessageSink(const MessageSink&) = delete;
  MessageSink& operator=(const MessageSink&) = delete;
  virtual ~MessageSink() = default;
  /// Returns false if so many bytes are too many.
  [[nodiscard]] virtual bool begin(std::uint64_t size) = 0;
  virtual void append(std::string_view bytes) = 0;
};

/// A message of limited length.
class TextSink : public MessageSink {
 public:
  explicit TextSink(std::uint64_t most) : most_(most) {}
  [[nodiscard]] bool begin(std::uint64_t size) override {
    // More is not taken before as much has arrived: a length is only what a peer says.
    constexpr std::uint64_t first_reserve = std::uint64_t{1} << 20;
    text_.clear();
    text_.reserve(std::min(size, first_reserve));
    return size <= most_;
  }
  void append(std::string_view bytes) override { text_.append(bytes); }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::uint64_t most_;
  std::string text_;
};

/// A message into memory of the caller; all of it even if there is too little room.
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
  /// Its length. Throws BufferTooShort with the message.
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
