#pragma once

// Packing parts into a message, and taking them out again.

#include "multiprocessing/channel/framing.hpp"

#include <progeny/base/errors.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace progeny::multiprocessing::detail {

/// Appends a number in `size` bytes, most significant first.
inline void append_number(std::string& text, std::uint64_t number, std::size_t size) {
  text.resize(text.size() + size);
  write_number(std::span(text).last(size), number);
}

/// Takes parts off the front of a message. The message may be anything: a part that is not there
/// is a RuntimeError.
class MessageReader {
 public:
  /// Borrows `text`.
  explicit MessageReader(std::string_view text) : text_(text) {}

  std::string_view take(std::uint64_t size) {
    if (size > text_.size() - position_) {
      throw RuntimeError("the message is not a value that progeny has sent: it is too short");
    }
    position_ += size;
    return text_.substr(position_ - size, size);
  }
  std::uint64_t take_number(std::size_t size) { return read_number(take(size)); }

  /// How many bytes have been taken.
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace progeny::multiprocessing::detail
