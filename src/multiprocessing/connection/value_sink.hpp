#pragma once

// Receiving a message directly into the value that it encodes.

#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/channel/message_sink.hpp"

#include <progeny/multiprocessing/detail/flat_target.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace progeny::multiprocessing::detail {

/// Takes the pieces of a message that encodes a flat value, and copies them into the value:
///
///     | way (1) | fingerprint (4) | count (1 or 9), of a sequence | elements ... |
///
/// A message that begins otherwise is collected whole: `other`. The caller decodes that, which says
/// what is wrong with it.
class ValueSink : public MessageSink {
 public:
  /// `way` is that of a message without handles.
  ValueSink(const FlatRoom& value, char way) noexcept : value_(value), way_(way) {}

  [[nodiscard]] bool begin(std::uint64_t size) override {
    size_ = size;
    head_size_ = 0;
    filled_ = 0;
    is_flat_ = true;
    count_.reset();
    return text_.begin(size);
  }

  void append(std::string_view bytes) override {
    while (is_flat_ && !bytes.empty()) {
      const std::span<char> to = room(bytes.size());
      std::ranges::copy(bytes.substr(0, to.size()), to.begin());
      fill(to.size());
      bytes.remove_prefix(to.size());
    }
    if (!bytes.empty()) {
      text_.append(bytes);
    }
  }

  [[nodiscard]] std::span<char> room(std::size_t most) override {
    if (!is_flat_) {
      return text_.room(most);
    }
    if (!count_) {
      return std::span(head_).subspan(head_size_, std::min(most, needed() - head_size_));
    }
    if (filled_ >= value_.memory().size()) {
      make_room();
    }
    const std::span<std::byte> free = value_.memory().subspan(filled_);
    return {reinterpret_cast<char*>(free.data()), std::min(most, free.size())};
  }

  void fill(std::size_t count) override {
    if (!is_flat_) {
      text_.fill(count);
    } else if (count_) {
      filled_ += count;
    } else {
      head_size_ += count;
      read_head();
    }
  }

  /// To be called after the last piece. Returns nothing if the value has come, or else the message.
  [[nodiscard]] std::optional<std::string> other() {
    if (is_flat_ && !count_) {
      give_up();  // It ends within the head.
    }
    if (!is_flat_) {
      return text_.take();
    }
    if (value_.is_sequence()) {
      value_.resize(*count_);
    }
    return std::nullopt;
  }

 private:
  static constexpr unsigned char long_count_follows = 255;  // See Writer::write_count.
  static constexpr std::size_t way_size = 1;
  static constexpr std::size_t mark_size = sizeof(std::uint32_t);
  static constexpr std::size_t longest_head = way_size + mark_size + 1 + sizeof(std::uint64_t);

  // How long the head is, as far as its first bytes tell.
  [[nodiscard]] std::size_t needed() const noexcept {
    constexpr std::size_t before_count = way_size + mark_size;
    if (!value_.is_sequence()) {
      return before_count;
    }
    const bool is_long = head_size_ > before_count &&
                         static_cast<unsigned char>(head_[before_count]) == long_count_follows;
    return is_long ? longest_head : before_count + 1;
  }

  void read_head() {
    if (head_size_ < needed()) {
      return;
    }
    const std::uint64_t count = value_.is_sequence() ? read_count() : 1;
    std::uint32_t mark = 0;
    std::memcpy(&mark, head_.data() + way_size, sizeof mark);
    const std::uint64_t rest = size_ - head_size_;
    if (head_[0] == way_ && mark == value_.fingerprint() && rest % value_.element_size() == 0 &&
        rest / value_.element_size() == count) {
      count_ = count;
    } else {
      give_up();
    }
  }

  [[nodiscard]] std::uint64_t read_count() const noexcept {
    const std::string_view count =
        std::string_view(head_.data(), head_size_).substr(way_size + mark_size);
    if (count.size() == 1) {
      return static_cast<unsigned char>(count[0]);
    }
    std::uint64_t number = 0;
    std::memcpy(&number, count.data() + 1, sizeof number);
    return number;
  }

  void give_up() {
    is_flat_ = false;
    text_.append({head_.data(), head_size_});
  }

  // Not for all elements at once, as their number is only what the peer says. New elements are set
  // to zero, then written over: so few are still in the processor's cache by then.
  void make_room() {
    constexpr std::uint64_t step = std::uint64_t{64} << 10;
    const std::uint64_t elements = std::min(*count_, elements_in(filled_ + step));
    if (elements > reserved_) {
      reserved_ =
          std::min(*count_, elements_in(std::max<std::uint64_t>(2 * filled_, first_reserve)));
      value_.reserve(reserved_);
    }
    value_.resize(elements);
  }

  [[nodiscard]] std::uint64_t elements_in(std::uint64_t bytes) const noexcept {
    return bytes / value_.element_size() + 1;
  }

  FlatRoom value_;
  char way_;
  std::uint64_t size_ = 0;
  std::array<char, longest_head> head_{};
  std::size_t head_size_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t reserved_ =
      0;  // Elements that the value has memory for, as far as this asked for it.
  bool is_flat_ = true;
  std::optional<std::uint64_t> count_;  // Of elements, once the head has come.
  TextSink text_{std::numeric_limits<std::uint64_t>::max()};
};

}  // namespace progeny::multiprocessing::detail
