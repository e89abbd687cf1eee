#pragma once

// The bytes of one message while they are written and while they are read. Who makes a type travel
// by a `Codec` of its own writes to a `Writer` and reads from a `Reader`.

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>
#include <progeny/serial/message.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>
#include <vector>

namespace progeny::serial {

/// Bytes do not hold what they should: they were cut off, damaged, or hold a value of another type.
/// Nothing of them has been used.
class PROGENY_EXPORT DecodeError : public ValueError {
 public:
  using ValueError::ValueError;
};

/// Collects the bytes of a message, and the handles beside them.
///
/// - Threads: one at a time.
class PROGENY_EXPORT Writer {
 public:
  /// Whether what is written can carry handles.
  enum class Handles : bool { refused, carried };

  /// An empty message.
  explicit Writer(Handles handles) noexcept : handles_(handles) {}

  /// Appends `size` bytes.
  void put(const void* bytes, std::size_t size) {
    message_.bytes.append(static_cast<const char*>(bytes), size);
  }
  /// Appends the number of elements that follow.
  void put_size(std::size_t size);
  /// Adds a handle beside the bytes, which stays the caller's, and appends its index. Throws
  /// `RuntimeError` if the message carries none.
  void put_handle(native_handle handle);
  /// Whether the object of that type at `address` is written for the first time. Appends its
  /// number.
  bool put_shared(const void* address, std::type_index type);

  /// All that was written.
  [[nodiscard]] Outgoing take() && { return std::move(message_); }

 private:
  Outgoing message_;
  Handles handles_;
  std::map<std::pair<const void*, std::type_index>, std::uint32_t> shared_;
};

/// Reads the bytes of a message, which come from another process and are not trusted: nothing is
/// read past their end, and no memory is taken for elements that they cannot hold.
///
/// - Threads: one at a time.
class PROGENY_EXPORT Reader {
 public:
  /// Deepest nesting of values that own others, as Python's recursion limit.
  static constexpr int deepest = 1000;

  /// Reads `message`, whose bytes must live as long as this object.
  explicit Reader(Incoming message) noexcept
      : message_(std::move(message)), rest_(message_.bytes) {}

  /// The next `size` bytes. Throws `DecodeError` if there are fewer.
  [[nodiscard]] const char* take(std::size_t size);
  /// How many elements follow, of at least `smallest` bytes each. Throws `DecodeError` if the rest
  /// cannot hold so many.
  [[nodiscard]] std::size_t take_size(std::size_t smallest);
  /// The handle whose index follows. Each can be taken once.
  [[nodiscard]] Handle take_handle();
  /// How many bytes are left.
  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }
  /// Throws `DecodeError` unless all was read.
  void require_end() const;
  /// Throws `DecodeError` with the reason and the place.
  [[noreturn]] void fail(std::string_view reason) const;

  /// A shared object by its number: null if it is to be read now.
  [[nodiscard]] std::shared_ptr<void> take_shared(std::type_index type, std::uint32_t& number);
  /// Remembers the object with that number.
  void keep_shared(std::uint32_t number, std::type_index type, std::shared_ptr<void> object);

  /// Counts one level of nesting while it lives.
  class PROGENY_EXPORT Level {
   public:
    /// Throws `DecodeError` at the deepest level.
    explicit Level(Reader& reader);
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    /// One level up again.
    ~Level() { --reader_.level_; }

   private:
    Reader& reader_;
  };

 private:
  struct Shared {
    std::type_index type;
    std::shared_ptr<void> object;  // Null while it is being read.
  };

  Incoming message_;
  std::string_view rest_;
  int level_ = 0;
  std::vector<Shared> shared_;
};

}  // namespace progeny::serial
