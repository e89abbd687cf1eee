#pragma once

// Encoded messages on their way into a queue. Not for users.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

// The forms that a value takes between `Queue::put` and `Queue::get`:
//
//   type              owns                          borrows            made by
//   serial::Writer    its bytes and claims          handles            put of a value with a codec
//   serial::Outgoing  its bytes and claims          handles            put_many of such values
//   FlatMessage       the head, up to 16 bytes      the value's memory put of a flat value
//   MessageBatch      the bytes of all messages     nothing            put_many and get_many of
//                                                                      flat values
//   MessageView       nothing                       the bytes          all of these, for the log
//   QueueMessage      a copy of the bytes, or a     nothing            get
//                     use of a block of the queue

/// One encoded message, as the log takes it: the head and then the body. Borrowed until `put`
/// returns.
struct MessageView {
  std::string_view head = {};  ///< A few bytes in front of the body.
  std::string_view body = {};
  bool has_tickets = false;  ///< Whether the head tells how to fetch the handles of the value.

  [[nodiscard]] std::size_t size() const noexcept { return head.size() + body.size(); }
};

/// Several small messages without handles, one behind the other. Owns their bytes.
class MessageBatch {
 public:
  /// Copies a message to the end.
  void append(const MessageView& message) {
    bytes_.append(message.head);
    bytes_.append(message.body);
    ends_.push_back(bytes_.size());
  }
  void clear() noexcept {
    bytes_.clear();
    ends_.clear();
  }

  [[nodiscard]] bool empty() const noexcept { return ends_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  /// Bytes of all messages.
  [[nodiscard]] std::size_t size_in_bytes() const noexcept { return bytes_.size(); }
  /// Borrowed until the batch changes.
  [[nodiscard]] MessageView operator[](std::size_t index) const noexcept {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return {.body = std::string_view(bytes_).substr(begin, ends_[index] - begin)};
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;  ///< Where each message ends in `bytes_`.
};

}  // namespace progeny::multiprocessing::detail
