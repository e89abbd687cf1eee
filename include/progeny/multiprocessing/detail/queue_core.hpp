#pragma once

// The byte-level core of queues. Not for users.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/multiprocessing/detail/message_view.hpp>
#include <progeny/multiprocessing/detail/queue_message.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace progeny::multiprocessing::detail {

/// What a queue throws once it is closed.
enum class ClosedQueue : std::uint8_t { is_value_error, is_os_error };

/// A queue of encoded messages, as this process has it: the log in shared memory, and the means to
/// wait for the other side.
///
/// A timeout of zero means to look once. See `queues::Queue` for what the calls promise.
class PROGENY_EXPORT QueueCore {
 public:
  /// A new queue for `maxsize` messages; 0: as many as there is memory for.
  [[nodiscard]] static std::shared_ptr<QueueCore> make(std::ptrdiff_t maxsize, ClosedQueue closed);
  /// Reads what `save` wrote: the same queue.
  [[nodiscard]] static std::shared_ptr<QueueCore> load(serial::Reader& reader);

  struct Parts;
  /// Only for `make` and `load`.
  explicit QueueCore(std::unique_ptr<Parts> parts) noexcept;
  QueueCore(const QueueCore&) = delete;
  QueueCore& operator=(const QueueCore&) = delete;
  ~QueueCore();

  /// Puts what was written. Throws Full.
  void put(serial::Writer& message, const Timeout& timeout);
  /// Puts a flat value. Throws Full.
  void put(const FlatMessage& message, const Timeout& timeout);
  /// Puts as many of the messages, from the first on, as there is room for until the timeout.
  /// Returns how many.
  std::size_t put_many(const MessageBatch& batch, const Timeout& timeout);
  /// The same. Those that were put are marked as sent.
  std::size_t put_many(std::span<serial::Outgoing> messages, const Timeout& timeout);
  /// Appends up to `most` messages that are there to `batch`, as long as they are small and without
  /// handles. Returns false if the next one is not, or if there is none.
  [[nodiscard]] bool get_batch(MessageBatch& batch, std::size_t most);
  /// Gets the next message. Throws Empty.
  void get(QueueMessage& message, const Timeout& timeout);

  [[nodiscard]] std::size_t qsize() const noexcept;
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool full() const noexcept;
  /// Throws what the queue throws after `close`.
  void check_open() const;
  void close() noexcept;
  void join_thread() const;
  [[nodiscard]] native_handle fileno();
  void task_done();
  bool join(const Timeout& timeout);

  /// Writes it as a part of a message to another process.
  void save(serial::Writer& writer) const;

 private:
  std::unique_ptr<Parts> parts_;
};

/// How a queue of this type travels: the receiver's is the same queue.
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
void put_value(QueueCore& queue, const T& value, const Timeout& timeout) {
  if constexpr (Flat<T>) {
    queue.put(FlatMessage(value), timeout);
  } else {
    serial::Writer message;
    const std::uint32_t mark = serial::detail::fingerprint<T>;
    message.write_bytes(&mark, sizeof mark);
    message.write(value);
    queue.put(message, timeout);
  }
}

/// Gets the next value, and decodes it.
template <class T>
[[nodiscard]] T get_value(QueueCore& queue, const Timeout& timeout) {
  if constexpr (Plain<T>) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
    T value;
    FlatReader reader(value);
    QueueMessage message(&reader);
    queue.get(message, timeout);
    if (!reader.has_read()) {
      value = message.decode<T>();
    }
    return value;
  } else if constexpr (Flat<T>) {
    std::optional<T> value;
    FlatReader reader(value);
    QueueMessage message(&reader);
    queue.get(message, timeout);
    return reader.has_read() ? *std::move(value) : message.decode<T>();
  } else {
    QueueMessage message;
    queue.get(message, timeout);
    return message.decode<T>();
  }
}

}  // namespace progeny::multiprocessing::detail
