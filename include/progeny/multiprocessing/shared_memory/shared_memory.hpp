#pragma once

// Memory that processes find by a name: Python's `multiprocessing.shared_memory`. For lists in such
// memory, see <progeny/multiprocessing/shared_memory/shareable_list.hpp>; for a scope that removes
// what was made in it, <progeny/multiprocessing/shared_memory_manager.hpp>.

#include <progeny/export.hpp>
#include <progeny/serial/codec.hpp>

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace progeny::multiprocessing::detail {

class SharedMemoryAccess;

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing::shared_memory {

/// Keyword arguments of `SharedMemory`, in Python's order.
struct SharedMemoryOptions {
  /// What the memory is called, on the whole machine: 1 to 255 bytes without a slash or a NUL.
  /// Default: a new name like `psm_3f0c8a51`, which only `create` can make up.
  std::optional<std::string> name = {};
  /// Make new memory, which must not exist yet, rather than attach to some that does.
  bool create = false;
  /// Bytes of the new memory, 1 or more. Without a meaning when attaching.
  std::ptrdiff_t size = 0;
  /// Have the name removed when this process and all its relatives have ended, in whatever way.
  /// Default: if it was created here. Python's default is `true` also for who attaches, whose end
  /// then destroys what is another's.
  std::optional<bool> track = {};
};

/// A block of memory with a name, by which processes that have nothing else in common share it,
/// Python's among them.
///
/// A block stays until somebody calls `unlink`; dropping an object only closes it. Should nobody
/// come to do so, not even after a `kill -9`, the resource tracker does once all processes of the
/// family have ended that made it (who started whom by `Process`), and says so on stderr. It is a
/// small process, started with the first block that is to be tracked.
///
/// The memory is reserved when it is made, and complete before it can be found. Who attaches to a
/// block that Python has made gets one that is not reserved: on a machine that is out of memory
/// using it may end the process by SIGBUS, as in Python, and so may a peer that makes it smaller.
///
/// - Python: `multiprocessing.shared_memory.SharedMemory`. Differs: see `track`.
/// - Threads: as with a container; and nothing in here orders what processes do to the bytes.
/// - Platforms: Linux, where blocks are files of /dev/shm and `shm_open` finds them.
/// - Example: examples/multiprocessing/shared_memory.cpp
class PROGENY_EXPORT SharedMemory {
 public:
  /// Creates or attaches.
  /// - Throws: `ValueError` for options that do not go together, a NUL in the name, or memory of no
  ///   bytes; `OSError` as of `shm_open`: `file_exists` when creating, `no_such_file_or_directory`
  ///   when attaching, `no_space_on_device` or `not_enough_memory`, ...; its `filename()` is the
  ///   name with a slash in front. `RuntimeError` if there can be no tracker: `track = false` does
  ///   without.
  explicit SharedMemory(const SharedMemoryOptions& options);
  /// Attaches to the block of this name.
  explicit SharedMemory(std::string_view name);
  /// Takes over the other's block.
  SharedMemory(SharedMemory&& other) noexcept;
  /// Closes, then takes over the other's block.
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  /// Closes; the block stays.
  ~SharedMemory();

  /// By which others attach.
  [[nodiscard]] const std::string& name() const;
  /// Bytes of the block, exactly as many as were asked for.
  [[nodiscard]] std::size_t size() const;

  /// All its bytes, until `close`.
  /// - Throws: `ValueError` after `close`.
  [[nodiscard]] std::span<std::byte> buf() const;
  /// The same as elements of another type, as many as fit.
  template <class T>
    requires(std::is_trivially_copyable_v<T>)
  [[nodiscard]] std::span<T> buf() const {
    const auto bytes = buf();
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }

  /// All its bytes, which stay where they are for as long as somebody holds what this returns.
  /// - Python: a `memoryview` made of `buf`.
  /// - Throws: `ValueError` after `close`.
  [[nodiscard]] std::shared_ptr<std::byte[]> hold() const;

  /// Lets go of the memory; again is fine. Spans of `buf` mean nothing any more.
  /// - Throws: `UsageError` while somebody holds it by `hold`; it stays open. (Python:
  ///   `BufferError`.)
  void close();

  /// Removes the name. The memory itself stays for those who have it until they have closed it.
  /// - Throws: `OSError`: `no_such_file_or_directory` if it was removed before.
  void unlink() const;

 private:
  friend class detail::SharedMemoryAccess;
  struct Block;
  [[nodiscard]] Block& block() const;

  std::unique_ptr<Block> block_;
};

/// Prints `SharedMemory('psm_3f0c8a51', size=64)`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const SharedMemory& memory);

}  // namespace progeny::multiprocessing::shared_memory

namespace progeny::serial {

/// Travels as its name: the receiver attaches. Reading throws `OSError` if the block is not there
/// any more.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::shared_memory::SharedMemory> {
  /// Writes the name.
  static void save(Writer& writer, const multiprocessing::shared_memory::SharedMemory& value);
  /// Attaches.
  static multiprocessing::shared_memory::SharedMemory load(Reader& reader);
  /// The count of a name.
  static constexpr std::size_t min_size = 1;
};

}  // namespace progeny::serial
