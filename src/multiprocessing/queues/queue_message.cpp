#include "multiprocessing/connection/object_message.hpp"
#include "multiprocessing/queues/message_log.hpp"

#include <progeny/multiprocessing/detail/queue_core.hpp>

#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// Buffers of this size are kept for the thread's next message.
constexpr std::size_t largest_spare = std::size_t{64} << 10;

thread_local std::string spare_buffer;

}  // namespace

QueueMessage::QueueMessage(FlatReader* reader) noexcept
    : reader_(reader), buffer_(std::move(spare_buffer)) {}

QueueMessage::QueueMessage(QueueMessage&& other) noexcept : QueueMessage() {
  *this = std::move(other);
}

QueueMessage& QueueMessage::operator=(QueueMessage&& other) noexcept {
  release();
  const bool borrowed = other.log_ != nullptr;
  buffer_.swap(other.buffer_);
  bytes_ = borrowed ? other.bytes_
                    : std::string_view(buffer_).substr(buffer_.size() - other.bytes_.size());
  has_tickets_ = other.has_tickets_;
  log_ = std::move(other.log_);
  block_ = other.block_;
  other.bytes_ = {};
  return *this;
}

QueueMessage::~QueueMessage() {
  release();
  if (buffer_.capacity() <= largest_spare) {
    spare_buffer = std::move(buffer_);
  }
}

void QueueMessage::release() noexcept {
  if (log_) {
    log_->give_back({.block = block_});
    log_.reset();
  }
  bytes_ = {};
}

serial::Incoming QueueMessage::incoming() const {
  return has_tickets_ ? fetched(bytes_) : serial::Incoming{.bytes = bytes_, .handles = {}};
}

}  // namespace progeny::multiprocessing::detail
