#pragma once

// Shared memory with a name: Python's `multiprocessing.shared_memory`. For lists in such memory see
// <progeny/multiprocessing/shared_memory/shareable_list.hpp>; for a scope that removes the blocks
// made in it, <progeny/multiprocessing/shared_memory_manager.hpp>.

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
  /// The block's name, valid on the whole machine: 1 to 255 bytes without a slash or a NUL.
  /// Default: with `create` a new name like `psm_3f0c8a51`; without it a name is required.
  std::optional<std::string> name = {};
  /// Create a new block, whose name must not exist yet. Default: attach to an existing block.
  bool create = false;
  /// The size of the new block in bytes, at least 1. Ignored when attaching.
  std::ptrdiff_t size = 0;
  /// Remove the name once this process and all related processes have ended, even by a crash.
  /// Default: true when creating, false when attaching. Python's default is true for both, so that
  /// an attached process that ends destroys a block which others still need.
  std::optional<bool> track = {};
};

/// A block of shared memory with a name. Unrelated processes share it by that name, Python
/// processes among them.
///
/// A block exists until a process calls `unlink`; the destructor only closes it. If nobody unlinks
/// it, the resource tracker removes the name after all related processes have ended, and says so on
/// stderr. Related processes are those that started each other by `Process`. The tracker is a small
/// process that starts with the first tracked block.
///
/// A new block is reserved and filled with zeros before its name exists, so no process sees it half
/// made. A block made by Python is not reserved: if the machine runs out of memory, using it may
/// end the process by SIGBUS, as in Python. The same happens if a peer shrinks the block.
///
/// - Python: `multiprocessing.shared_memory.SharedMemory`. Differs: see `track`; memory is
/// reserved.
/// - Threads: as with a container. The caller must order accesses to the bytes.
/// - Platforms: Linux, where blocks are files in /dev/shm and `shm_open` finds them.
/// - Example: examples/multiprocessing/shared_memory.cpp
class PROGENY_EXPORT SharedMemory {
 public:
  /// Creates a block or attaches to one.
  /// - Throws: `ValueError` for options that contradict each other, a NUL in the name, or a block
  ///   of 0 bytes. `OSError` as from `shm_open`: `file_exists` when creating,
  ///   `no_such_file_or_directory` when attaching, `no_space_on_device`, `not_enough_memory` and
  ///   others; its `filename()` is the name with a slash in front. `RuntimeError` if the resource
  ///   tracker cannot start; `track = false` needs none.
  explicit SharedMemory(const SharedMemoryOptions& options);
  /// Attaches to the block of this name.
  /// - Throws: as the constructor above.
  explicit SharedMemory(std::string_view name);
  /// Takes over the block of `other`.
  SharedMemory(SharedMemory&& other) noexcept;
  /// Closes this block, then takes over the block of `other`.
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  /// Closes the block. Its name and its content remain.
  ~SharedMemory();

  /// The name by which other processes attach.
  /// - Python: the attribute `name`.
  [[nodiscard]] const std::string& name() const;
  /// The size in bytes, exactly as requested.
  /// - Python: the attribute `size`.
  [[nodiscard]] std::size_t size() const;

  /// The bytes of the block, valid until `close`.
  /// - Python: the attribute `buf`.
  /// - Throws: `ValueError` after `close`.
  [[nodiscard]] std::span<std::byte> buf() const;
  /// The block as elements of another type, as many as fit.
  /// - Throws: `ValueError` after `close`.
  template <class T>
    requires(std::is_trivially_copyable_v<T>)
  [[nodiscard]] std::span<T> buf() const {
    const auto bytes = buf();
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }

  /// The bytes of the block, which stay mapped while a copy of the result lives.
  /// - Python: a `memoryview` of `buf`.
  /// - Throws: `ValueError` after `close`.
  [[nodiscard]] std::shared_ptr<std::byte[]> hold() const;

  /// Unmaps the block in this process and invalidates the spans of `buf`. A second call does
  /// nothing.
  /// - Python: `close`. Differs: `UsageError` instead of `BufferError`.
  /// - Throws: `UsageError` while a result of `hold` lives; the block then stays open.
  void close();

  /// Removes the name. Processes that have the block open keep it until they close it.
  /// - Python: `unlink`.
  /// - Throws: `OSError` `no_such_file_or_directory` if the name no longer exists.
  void unlink() const;

 private:
  friend class detail::SharedMemoryAccess;
  struct Attachment;
  [[nodiscard]] Attachment& attachment() const;

  std::unique_ptr<Attachment> attachment_;
};

/// Writes Python's `repr`: `SharedMemory('psm_3f0c8a51', size=64)`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const SharedMemory& memory);

}  // namespace progeny::multiprocessing::shared_memory

namespace progeny::serial {

/// A block travels as its name, and the receiver attaches to it.
/// - Throws: `OSError` on loading if the name no longer exists.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::shared_memory::SharedMemory> {
  /// Writes the name.
  static void save(Writer& writer, const multiprocessing::shared_memory::SharedMemory& value);
  /// Attaches.
  static multiprocessing::shared_memory::SharedMemory load(Reader& reader);
  /// The length of the name.
  static constexpr std::size_t min_size = 1;
};

}  // namespace progeny::serial
