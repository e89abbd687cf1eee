#pragma once

// A message that was got from a queue. Not for users.

#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

class MessageLog;

/// A message that was got from a queue. A small one is copied out and owned. A large one stays in
/// its block of the queue's memory, and the block is given back when this is destroyed.
class PROGENY_EXPORT QueueMessage {
 public:
  /// With a reader (borrowed), a small message without handles is decoded where it lies, by the
  /// reader, and not copied.
  explicit QueueMessage(FlatReader* reader = nullptr) noexcept;
  QueueMessage(QueueMessage&& other) noexcept;
  QueueMessage& operator=(QueueMessage&& other) noexcept;
  QueueMessage(const QueueMessage&) = delete;
  QueueMessage& operator=(const QueueMessage&) = delete;
  ~QueueMessage();

  /// The encoded value, borrowed from this; with tickets in front of it if the value has handles.
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  /// Whether the value has handles, which `decode` fetches.
  [[nodiscard]] bool has_tickets() const noexcept { return has_tickets_; }
  /// Says that nobody will fetch the handles in it.
  void leave_handles() noexcept { leaves_handles_ = true; }
  /// Decodes it, with the handles in it.
  template <class T>
  [[nodiscard]] T decode() const {
    return has_tickets_ ? serial::decode<T>(incoming()) : decode_message<T>(bytes_);
  }

 private:
  // Fills it.
  friend class MessageLog;

  // Before a message with tickets is filled in: makes sure that this process has descriptors for
  // the handles, and keeps them until `decode`. Throws OSError.
  void reserve_handles(std::string_view bytes, native_handle any);
  // The small message `bytes`, which begins `unused` bytes behind a multiple of 8.
  void copy(std::string_view bytes, std::size_t unused, bool has_tickets);
  // The large message `bytes`, which lies in a block of `log`.
  void borrow(std::shared_ptr<MessageLog> log,
              std::uint32_t block,
              std::string_view bytes,
              bool has_tickets) noexcept;
  // Gives back what was got before.
  void release() noexcept;
  [[nodiscard]] serial::Incoming incoming() const;

  FlatReader* reader_;
  std::string buffer_;
  std::string_view bytes_;
  bool has_tickets_ = false;
  bool leaves_handles_ = false;
  mutable std::vector<Handle> reserved_;  ///< Placeholders for handles to come.
  std::shared_ptr<MessageLog> log_;       ///< Null unless `bytes_` lies in `block_`.
  std::uint32_t block_ = 0;
};

}  // namespace progeny::multiprocessing::detail
