#pragma once

// The byte-level core of queues. Not for users.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

class MessageLog;

/// A message that was got from a queue; a large one lies in the queue's memory until this is
/// destroyed.
class PROGENY_EXPORT QueueMessage {
 public:
  /// With a reader, a small one without handles is not kept but goes to that.
  explicit QueueMessage(FlatReader* reader = nullptr) noexcept;
  QueueMessage(QueueMessage&& other) noexcept;
  QueueMessage& operator=(QueueMessage&& other) noexcept;
  QueueMessage(const QueueMessage&) = delete;
  QueueMessage& operator=(const QueueMessage&) = delete;
  ~QueueMessage();

  /// The encoded value, borrowed.
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  /// Decodes it, with the handles in it.
  template <class T>
  [[nodiscard]] T decode() const {
    return has_tickets_ ? serial::decode<T>(incoming()) : decode_message<T>(bytes_);
  }

 private:
  friend class QueueCore;
  friend class SharedQueue;
  void release() noexcept;
  [[nodiscard]] serial::Incoming incoming() const;

  FlatReader* reader_;
  std::string buffer_;
  std::string_view bytes_;
  bool has_tickets_ = false;
  std::shared_ptr<MessageLog> log_;  // Whose block it borrows.
  std::uint32_t block_ = 0;
};

/// Several messages without handles, one behind the other.
struct QueueBatch {
  std::string bytes = {};
  /// Where each ends in `bytes`.
  std::vector<std::size_t> ends = {};

  void append(const FlatMessage& message) {
    bytes.append(message.head());
    bytes.append(message.body());
    ends.push_back(bytes.size());
  }
  void clear() noexcept {
    bytes.clear();
    ends.clear();
  }
};

/// How a queue answers once it is closed.
enum class ClosedQueue : std::uint8_t { is_value_error, is_os_error };

/// Messages in shared memory, and waiting for them.
class PROGENY_EXPORT QueueCore {
 public:
  /// A new queue for `maxsize` messages, 0: as many as there is memory for.
  [[nodiscard]] static std::shared_ptr<QueueCore> make(std::ptrdiff_t maxsize, ClosedQueue closed);

  QueueCore(const QueueCore&) = delete;
  QueueCore& operator=(const QueueCore&) = delete;
  virtual ~QueueCore() = default;

  /// Puts what `message` holds. Throws Full.
  virtual void put(serial::Writer& message, bool block, const Timeout& timeout) = 0;
  /// The same.
  virtual void put(const FlatMessage& message, bool block, const Timeout& timeout) = 0;
  /// Puts as many as there is room for until the timeout. Returns how many.
  virtual std::size_t put_many(const QueueBatch& batch, bool block, const Timeout& timeout) = 0;
  /// The same. Those that were put are marked as sent.
  virtual std::size_t put_many(std::span<serial::Outgoing> messages,
                               bool block,
                               const Timeout& timeout) = 0;
  /// Gets up to `most` of those that are there, if they are small. Returns false if the next is
  /// not, or if there is none.
  [[nodiscard]] virtual bool get_batch(QueueBatch& batch, std::size_t most) = 0;
  /// Gets the next. Throws Empty.
  virtual void get(QueueMessage& message, bool block, const Timeout& timeout) = 0;

  [[nodiscard]] virtual std::size_t qsize() const = 0;
  [[nodiscard]] virtual bool empty() const = 0;
  [[nodiscard]] virtual bool full() const = 0;
  /// Throws as the queue does after `close`.
  virtual void check_open() const = 0;
  virtual void close() noexcept = 0;
  virtual void join_thread() = 0;
  [[nodiscard]] virtual native_handle fileno() = 0;
  virtual void task_done() = 0;
  virtual bool join(const Timeout& timeout) = 0;

  virtual void save(serial::Writer& writer) const = 0;
  [[nodiscard]] static std::shared_ptr<QueueCore> load(serial::Reader& reader);

 protected:
  QueueCore() = default;
};

/// How a queue of this type travels. The receiver's is the same one.
template <class AnyQueue>
struct QueueCodec {
  /// Three handles.
  static constexpr std::size_t min_size = 3 * sizeof(std::uint32_t);
  /// Writes it.
  static void save(serial::Writer& writer, const AnyQueue& value) { value.core().save(writer); }
  /// Reads it.
  static AnyQueue load(serial::Reader& reader) { return AnyQueue(QueueCore::load(reader)); }
};

/// Encodes a value as `serial::encode` does, and puts it.
template <class T>
void put_value(QueueCore& queue, const T& value, bool block, const Timeout& timeout) {
  if constexpr (Flat<T>) {
    queue.put(FlatMessage(value), block, timeout);
  } else {
    serial::Writer message;
    const std::uint32_t mark = serial::detail::fingerprint<T>;
    message.write_bytes(&mark, sizeof mark);
    message.write(value);
    queue.put(message, block, timeout);
  }
}

/// Gets the next value, and decodes it.
template <class T>
[[nodiscard]] T get_value(QueueCore& queue, bool block, const Timeout& timeout) {
  if constexpr (Plain<T>) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
    T value;
    FlatReader reader(value);
    QueueMessage message(&reader);
    queue.get(message, block, timeout);
    if (!reader.has_read()) {
      value = message.decode<T>();
    }
    return value;
  } else if constexpr (Flat<T>) {
    std::optional<T> value;
    FlatReader reader(value);
    QueueMessage message(&reader);
    queue.get(message, block, timeout);
    return reader.has_read() ? *std::move(value) : message.decode<T>();
  } else {
    QueueMessage message;
    queue.get(message, block, timeout);
    return message.decode<T>();
  }
}

}  // namespace progeny::multiprocessing::detail
