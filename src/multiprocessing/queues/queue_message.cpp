#include <progeny/multiprocessing/detail/queue_message.hpp>

#include "base/per_thread.hpp"
#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "platform/ipc/socket.hpp"

#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/serial/message.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

// Most loops get one message after the other. The thread keeps the buffer of the last one, unless
// it is larger than this, so that a message costs no allocation.
constexpr std::size_t largest_spare = std::size_t{64} << 10;

struct SpareBuffer {
  std::string bytes;
};

// Null at the end of the thread.
std::string* spare_buffer() noexcept {
  auto* const spare = progeny::detail::PerThread<SpareBuffer>::get();
  return spare != nullptr ? &spare->bytes : nullptr;
}

std::string take_spare_buffer() noexcept {
  std::string* const spare = spare_buffer();
  return spare != nullptr ? std::move(*spare) : std::string();
}

}  // namespace

QueueMessage::QueueMessage(FlatReader* reader) noexcept
    : reader_(reader), buffer_(take_spare_buffer()) {}

QueueMessage::QueueMessage(QueueMessage&& other) noexcept : QueueMessage() {
  *this = std::move(other);
}

QueueMessage& QueueMessage::operator=(QueueMessage&& other) noexcept {
  release();
  const bool borrowed = other.log_ != nullptr;
  buffer_.swap(other.buffer_);
  // A short text moves with its string object: what was owned is found anew, at the buffer's end.
  bytes_ = borrowed ? other.bytes_
                    : std::string_view(buffer_).substr(buffer_.size() - other.bytes_.size());
  has_tickets_ = other.has_tickets_;
  reserved_ = std::move(other.reserved_);
  log_ = std::move(other.log_);
  block_ = other.block_;
  other.bytes_ = {};
  return *this;
}

QueueMessage::~QueueMessage() {
  release();
  std::string* const spare = spare_buffer();
  if (spare != nullptr && buffer_.capacity() <= largest_spare) {
    *spare = std::move(buffer_);
  }
}

// The unused bytes in front are copied too: then the copy begins at a multiple of 8 as well, and
// decoding the numbers in it is twice as fast.
void QueueMessage::copy(std::string_view bytes, std::size_t unused, bool has_tickets) {
  if (reader_ != nullptr && !has_tickets) {
    reader_->read(bytes);
    bytes_ = {};
  } else {
    buffer_.assign(bytes.data() - unused, unused + bytes.size());
    bytes_ = std::string_view(buffer_).substr(unused);
  }
  has_tickets_ = has_tickets;
}

void QueueMessage::borrow(std::shared_ptr<MessageLog> log,
                          std::uint32_t block,
                          std::string_view bytes,
                          bool has_tickets) noexcept {
  log_ = std::move(log);
  block_ = block;
  bytes_ = bytes;
  has_tickets_ = has_tickets;
}

void QueueMessage::release() noexcept {
  if (log_) {
    log_->give_back(block_);
    log_.reset();
  }
  bytes_ = {};
  reserved_.clear();
}

// A process whose table is full leaves the message to the next `get`: once it is out of the queue,
// and its handles are fetched in part, nothing could put them back. Each handle is fetched over a
// socket, whose other end may be in this process too, and is often duplicated by what it is for.
void QueueMessage::reserve_handles(std::string_view bytes, native_handle any) {
  constexpr std::size_t sockets = 2;
  const std::size_t handles = count_tickets(bytes);
  std::vector<Handle> reserved;
  for (std::size_t i = 0; i < 2 * handles + sockets; ++i) {
    reserved.push_back(platform::duplicate(any));
  }
  reserved_ = std::move(reserved);
}

serial::Incoming QueueMessage::incoming() const {
  reserved_.clear();
  return has_tickets_ ? fetched(bytes_) : serial::Incoming{.bytes = bytes_, .handles = {}};
}

}  // namespace progeny::multiprocessing::detail
