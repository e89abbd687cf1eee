#pragma once

// What a value is written to on its way to another process.

#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>
#include <progeny/serial/message.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

namespace progeny::serial {

/// Whether a message may carry handles.
enum class Handles : std::uint8_t {
  /// The message goes to a process of this machine, over a channel that can carry handles.
  allowed,
  /// The message goes to a file, into shared memory or to another host: bytes alone.
  refused
};

/// How many levels deep a value may own others, by pointers, by containers or by its own `Codec`.
/// An element of 256 bytes or more counts as several levels. The number is Python's recursion
/// limit. On a thread whose stack is too small for so many, it is what fits.
inline constexpr std::size_t max_depth = 1000;

namespace detail {

/// As how many levels one counts that keeps `bytes` on the stack. At most a hundred, as objects
/// that large are not nested by accident.
constexpr std::size_t cost_of_level(std::size_t bytes) noexcept {
  constexpr std::size_t most = 99;
  return 1 + (bytes / 256 < most ? bytes / 256 : most);
}

/// So many levels fit on any stack, and the stack is not looked at.
inline constexpr std::size_t free_levels = 16;

/// Whether the stack of this thread has room for a level that keeps `bytes` on it, and for what is
/// done at its end.
[[nodiscard]] PROGENY_EXPORT bool has_stack_for(std::size_t bytes) noexcept;

/// Whether one more level, of this cost, may be entered at this depth.
[[nodiscard]] inline bool has_room_for_level(std::size_t depth,
                                             std::size_t cost,
                                             std::size_t bytes) noexcept {
  return cost <= max_depth - depth && (depth < free_levels || has_stack_for(bytes));
}

/// What an object costs beside its own size if it is allocated alone: the links of a node, the
/// books of the heap.
inline constexpr std::size_t cost_of_node = 4 * sizeof(void*);

}  // namespace detail

/// The bytes and handles of one message, in the order in which they are written.
///
/// An object that several shared pointers own is written once. Where it comes again, its number is
/// written instead.
/// - Threads: one at a time.
class PROGENY_EXPORT Writer {
 public:
  /// An empty message.
  explicit Writer(Handles handles = Handles::allowed) noexcept;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// Drops what was not taken, and gives back the claims of what was not sent.
  ~Writer();

  /// Writes a value by its `Codec`. A type that cannot travel does not compile.
  /// - Throws: ValueError for a value that cannot travel: deeper than `max_depth`, a ring of shared
  ///   pointers, a variant without value.
  template <class T>
  void write(const T& value);

  /// Writes bytes as they are.
  void write_bytes(const void* data, std::size_t size) {
    if (size <= staging_.size() && staged_ <= staging_.size() - size) {
      if (size != 0) {
        std::memcpy(staging_.data() + staged_, data, size);
        staged_ += size;
      }
    } else {
      write_through(data, size);
    }
  }

  /// Writes a count of elements or bytes: one byte if it is below 255, else nine.
  void write_count(std::size_t count);

  /// Adds a handle, which stays the caller's, and returns what it is called in the bytes.
  /// - Throws: RuntimeError if the message may carry none.
  std::uint32_t add_handle(native_handle handle);

  /// The same for a handle that several values of a message share. It travels once, and its readers
  /// borrow it.
  /// - Throws: RuntimeError if the message may carry none.
  std::uint32_t share_handle(native_handle handle);

  /// All that has been written, borrowed until the next writing.
  [[nodiscard]] std::string_view bytes();
  /// The handles that were added, in order.
  [[nodiscard]] const std::vector<native_handle>& handles() const noexcept { return handles_; }
  /// To be called after sending `bytes`: the claims are the receiver's now.
  void mark_sent() noexcept { claims_.mark_sent(); }

  /// Adds what is to be given back if the message is never sent.
  void add_claim(std::unique_ptr<Claim> claim) { claims_.add(std::move(claim)); }

  /// How many bytes have been written.
  [[nodiscard]] std::size_t size() const noexcept { return flushed_.size() + staged_; }

  /// Makes room for about so many bytes more.
  void reserve(std::size_t size);

  /// Hands over the message; the writer must not be used any more.
  [[nodiscard]] Outgoing take();

  /// What is known of an object that shared pointers own.
  struct Shared {
    std::size_t id;  ///< Its number in the message, from 1.
    bool is_new;     ///< Whether the caller must write it now, and then call `end_shared`.
  };

  /// Looks an object up by its address and type, and gives it a number if it has none.
  /// - Throws: ValueError if the object is being written: it owns itself.
  Shared begin_shared(const void* object, const std::type_info& type);
  /// Notes that the object has been written.
  void end_shared(std::size_t id) noexcept;

  /// One level of nesting, while it lives. A level with large objects counts as several, so that
  /// neither many levels nor large objects can overflow the stack.
  class Level {
   public:
    /// A level that keeps `bytes` on the stack.
    /// - Throws: `ValueError` if it is too deep, or the stack is used up.
    Level(Writer& writer, std::size_t bytes)
        : writer_(writer), cost_(detail::cost_of_level(bytes)) {
      if (!detail::has_room_for_level(writer_.depth_, cost_, bytes)) {
        writer_.too_deep(cost_);
      }
      writer_.depth_ += cost_;
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    /// Leaves the level.
    ~Level() { writer_.depth_ -= cost_; }

   private:
    Writer& writer_;
    std::size_t cost_;
  };

 private:
  struct SharedObjects;

  [[noreturn]] void too_deep(std::size_t cost) const;
  void write_through(const void* data, std::size_t size);

  // Most messages fit here and cost one allocation, when they are taken. Longer messages pass
  // through it in pieces; a long piece goes past it.
  std::array<char, 512> staging_;
  std::size_t staged_ = 0;
  std::size_t depth_ = 0;
  std::string flushed_;
  std::vector<native_handle> handles_;
  Claims claims_;
  std::unique_ptr<SharedObjects> shared_;
  Handles allowed_;
};

}  // namespace progeny::serial
