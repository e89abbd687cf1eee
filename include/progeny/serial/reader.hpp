#pragma once

// What a value is read from that another process has sent.

#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>
#include <progeny/serial/errors.hpp>
#include <progeny/serial/message.hpp>
#include <progeny/serial/writer.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <typeinfo>
#include <vector>

namespace progeny::serial {

/// A message that is being decoded. Whatever the bytes are, reading stays inside them and takes no
/// memory for more elements than they can hold.
///
/// - Throws: `DecodeError`, from every method that reads.
/// - Threads: one at a time.
class PROGENY_EXPORT Reader {
 public:
  /// Reads `bytes` and takes handles out of `handles`; both are borrowed. `type` names what is to
  /// be decoded, for messages, and must outlive the reader.
  explicit Reader(std::string_view bytes,
                  std::span<Handle> handles = {},
                  std::string_view type = "a value",
                  Origin origin = Origin::peer) noexcept;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  /// Closes no handle.
  ~Reader();

  /// Reads a value by its `Codec`.
  template <class T>
  [[nodiscard]] T read();

  /// Reads `size` bytes to `target`.
  void read_bytes(void* target, std::size_t size) {
    const std::string_view bytes = view_bytes(size);
    if (size != 0) {
      std::memcpy(target, bytes.data(), size);
    }
  }

  /// Reads `size` bytes without copying them. The result is borrowed from the message.
  [[nodiscard]] std::string_view view_bytes(std::size_t size) {
    if (size > remaining()) {
      fail_truncated(size);
    }
    const std::string_view bytes = bytes_.substr(position_, size);
    position_ += size;
    return bytes;
  }

  /// Reads what `Writer::write_count` wrote.
  [[nodiscard]] std::size_t read_number();

  /// Reads a count of elements, each of which takes at least `element_size` bytes (not 0) of the
  /// message. Fails if the bytes that are left cannot hold so many.
  [[nodiscard]] std::size_t read_count(std::size_t element_size);

  /// For how many of `count` elements, of `size` bytes each in memory, to make room before reading
  /// them. The room is no larger than the rest of the message, or it is for one element.
  [[nodiscard]] std::size_t room_for(std::size_t count, std::size_t size) const noexcept;

  /// Counts memory that `count` objects of `size` bytes take outside of the value that is being
  /// read. A `Codec` that takes memory says so before it takes it; those of the standard types do.
  void take_memory(std::size_t count, std::size_t size) {
    if (size != 0 && count > memory_left_ / size) {
      fail_for_memory(count, size);
    }
    memory_left_ -= count * size;
  }
  /// The same for objects of which each is allocated on its own.
  void take_nodes(std::size_t count, std::size_t size) {
    take_memory(count, size + detail::cost_of_node);
  }
  /// Refuses a value that takes more than so many bytes of memory from now on. Default: no limit.
  void limit_memory(std::size_t bytes) noexcept { memory_left_ = memory_limit_ = bytes; }

  /// Takes the handle that the bytes call `index`. A handle cannot be taken twice.
  [[nodiscard]] Handle take_handle(std::uint32_t index);

  /// The handle that the bytes call `index`. It stays the message's and is closed with it.
  [[nodiscard]] native_handle borrow_handle(std::uint32_t index) const;

  /// Which process made the message.
  [[nodiscard]] Origin origin() const noexcept { return origin_; }

  /// How many bytes are left.
  [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size() - position_; }
  /// How many bytes have been read.
  [[nodiscard]] std::size_t offset() const noexcept { return position_; }

  /// Refuses the message.
  /// - Throws: `DecodeError` with the reason and with where the reader is.
  [[noreturn]] void fail(std::string_view reason) const;

  /// Checks that the message begins with this fingerprint.
  void expect_fingerprint(std::uint32_t fingerprint);
  /// Checks that nothing is left.
  void expect_end() const;

  /// The object that shared pointers call `id`; it must be of the same type. Nothing if the object
  /// is new: the caller reads it now and hands it to `end_shared`.
  [[nodiscard]] std::shared_ptr<void> begin_shared(std::size_t id, const std::type_info& type);
  /// Keeps a new object for the pointers that refer to it later in the message.
  void end_shared(std::size_t id, std::shared_ptr<void> object) noexcept;

  /// One level of nesting, while it lives. A level with large objects counts as several, so that
  /// neither many levels nor large objects can overflow the stack. On a small stack there are
  /// fewer levels.
  class Level {
   public:
    /// A level that keeps `bytes` on the stack.
    /// - Throws: `DecodeError` if it is too deep, or the stack is used up.
    Level(Reader& reader, std::size_t bytes)
        : reader_(reader), cost_(detail::cost_of_level(bytes)) {
      if (!detail::has_room_for_level(reader_.depth_, cost_, bytes)) {
        reader_.too_deep(cost_);
      }
      reader_.depth_ += cost_;
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    /// Leaves the level.
    ~Level() { reader_.depth_ -= cost_; }

   private:
    Reader& reader_;
    std::size_t cost_;
  };

 private:
  struct SharedObject;

  [[noreturn]] void fail_truncated(std::size_t size) const;
  [[noreturn]] void fail_for_memory(std::size_t count, std::size_t size) const;
  [[noreturn]] void too_deep(std::size_t cost) const;

  std::string_view bytes_;
  std::span<Handle> handles_;
  std::string_view type_;
  Origin origin_;
  std::size_t position_ = 0;
  std::size_t depth_ = 0;
  std::size_t memory_left_ = any_memory;
  std::size_t memory_limit_ = any_memory;
  std::vector<SharedObject> shared_;
};

}  // namespace progeny::serial
