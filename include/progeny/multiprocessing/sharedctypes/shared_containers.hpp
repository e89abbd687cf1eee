#pragma once

// Containers that several processes change: vectors, strings, maps and combinations of them, in
// shared memory behind a lock. Python offers such containers only through a server process.
//
//   mp::Shared<mp::SharedMap<mp::SharedString, int>> ages(1 << 20);
//   mp::Process child(count, ages);                          // the child sees the same map
//   if (auto map = ages.acquire(); map->size() > 3) { ... }  // exclusive while `map` lives

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/shared_arena.hpp>
#include <progeny/serial/codec.hpp>

#include <boost/container/scoped_allocator.hpp>  // IWYU pragma: keep
#include <boost/container/string.hpp>
#include <boost/container/vector.hpp>
#include <boost/container_hash/hash.hpp>
#include <boost/interprocess/indexes/null_index.hpp>
#include <boost/interprocess/mem_algo/rbtree_best_fit.hpp>
#include <boost/interprocess/offset_ptr.hpp>
#include <boost/interprocess/segment_manager.hpp>
#include <boost/interprocess/sync/mutex_family.hpp>
#include <boost/unordered/unordered_map.hpp>  // IWYU pragma: keep

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing {

namespace detail {

/// Allocates within an arena. It has no lock of its own, because that lock would stay locked if its
/// owner were killed. The arena's turn protects it instead.
using ArenaSegment = boost::interprocess::segment_manager<
    char,
    boost::interprocess::rbtree_best_fit<boost::interprocess::null_mutex_family>,
    boost::interprocess::null_index>;

/// The allocator of the containers: takes memory from an arena.
template <class T>
class ArenaAllocator {
 public:
  using value_type = T;
  using pointer = boost::interprocess::offset_ptr<T>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;

  /// Allocates from the arena of `segment`.
  // NOLINTNEXTLINE(google-explicit-constructor): containers convert theirs for their elements.
  ArenaAllocator(ArenaSegment* segment) noexcept : segment_(segment) {}
  /// Allocates from the same arena as `other`.
  template <class Other>
  // NOLINTNEXTLINE(google-explicit-constructor): as the standard's allocators.
  ArenaAllocator(const ArenaAllocator<Other>& other) noexcept : segment_(other.segment()) {}

  /// Takes memory for `count` elements.
  /// - Throws: `std::bad_alloc` if the arena is full.
  [[nodiscard]] pointer allocate(size_type count) {
    if (count > segment_->get_size() / sizeof(T)) {
      throw std::bad_alloc();
    }
    void* const memory = segment_->allocate_aligned(count * sizeof(T), alignof(T), std::nothrow);
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    return pointer(static_cast<T*>(memory));
  }
  /// Returns memory to the arena.
  void deallocate(const pointer& memory, size_type /*count*/) noexcept {
    segment_->deallocate(boost::interprocess::ipcdetail::to_raw_pointer(memory));
  }

  /// The arena's segment.
  [[nodiscard]] ArenaSegment* segment() const noexcept { return segment_.get(); }
  /// Whether both allocate from the same arena.
  bool operator==(const ArenaAllocator& other) const noexcept { return segment_ == other.segment_; }

 private:
  boost::interprocess::offset_ptr<ArenaSegment> segment_;
};

}  // namespace detail

/// The allocator for containers in a `Shared`. A container passes it on to containers inside it.
template <class T>
using SharedAllocator = boost::container::scoped_allocator_adaptor<detail::ArenaAllocator<T>>;

/// A `std::vector` in a `Shared`.
template <class T>
using SharedVector = boost::container::vector<T, SharedAllocator<T>>;

/// A `std::string` in a `Shared`.
using SharedString =
    boost::container::basic_string<char, std::char_traits<char>, detail::ArenaAllocator<char>>;

/// A `std::unordered_map` in a `Shared`.
template <class Key, class Value>
using SharedMap = boost::unordered_map<Key,
                                       Value,
                                       boost::hash<Key>,
                                       std::equal_to<Key>,
                                       SharedAllocator<std::pair<const Key, Value>>>;

/// A container in shared memory that processes change in turns.
///
/// Objects are references. A copy is the same container, even in another process that received it
/// as an argument of `Process` or over a local connection.
///
/// `T` must consist of values without pointers and of `SharedVector`, `SharedString`, `SharedMap`
/// or another container with a `SharedAllocator`.
///
/// The memory is reserved on construction and does not grow. The kernel frees it when the last
/// process lets go of it. When it is full, the container throws `std::bad_alloc` and is unchanged.
///
/// If a process is killed during its turn, the container may be half changed. From then on every
/// `acquire` throws `OwnerDied`, in all processes, until one process calls `reset`.
///
/// - Python: none; `multiprocessing.Manager` serves containers from another process.
/// - Threads: safe. A thread that acquires the container twice waits for itself.
/// - Platforms: Linux.
/// - Example: tests/multiprocessing/sharedctypes/shared_containers_test.cpp
template <class T>
class Shared {
 public:
  /// Makes an empty container in `size` bytes of memory. The container, its content and a few
  /// hundred bytes of bookkeeping must fit.
  /// - Throws: `ValueError` if `size` is too small, `OSError` if memory runs out.
  explicit Shared(std::size_t size) : arena_(checked(size)) { reset(); }

  /// Exclusive access to the container while this object lives.
  class Access {
   public:
    /// The container.
    [[nodiscard]] T& operator*() const noexcept { return *value_; }
    /// The container.
    [[nodiscard]] T* operator->() const noexcept { return value_; }
    /// An allocator for elements that are built before they are inserted.
    [[nodiscard]] detail::ArenaAllocator<char> allocator() const noexcept { return segment_; }
    /// Makes a string in the container's memory, for instance to look up a key.
    /// - Throws: `std::bad_alloc` if the memory is full.
    [[nodiscard]] SharedString string(std::string_view text) const {
      return {text.begin(), text.end(), detail::ArenaAllocator<char>(segment_)};
    }
    /// The number of free bytes. They need not be contiguous.
    [[nodiscard]] std::size_t free_memory() const { return segment_->get_free_memory(); }

   private:
    friend Shared;
    Access(detail::SharedArena::Turn turn, T* value, detail::ArenaSegment* segment) noexcept
        : turn_(std::move(turn)), value_(value), segment_(segment) {}

    detail::SharedArena::Turn turn_;
    T* value_;
    detail::ArenaSegment* segment_;
  };

  /// Waits for exclusive access.
  /// - Throws: `OwnerDied` if a process died during its turn and nobody has called `reset` since.
  /// - Blocks: while another thread or process has access.
  [[nodiscard]] Access acquire() { return access(arena_.take()); }
  /// Waits for exclusive access, at most `timeout`.
  /// - Returns: nothing if the time was up.
  /// - Throws: as `acquire()`.
  /// - Blocks: at most `timeout`.
  [[nodiscard]] std::optional<Access> acquire(const Timeout& timeout) {
    auto turn = arena_.take(timeout);
    return turn ? std::optional(access(std::move(*turn))) : std::nullopt;
  }

  /// Waits for exclusive access and makes the container empty. The old content is not read, so a
  /// half changed container does no harm.
  /// - Blocks: while another thread or process has access.
  void reset() {
    const auto turn = arena_.begin_anew();
    auto* const segment = new (arena_.data()) detail::ArenaSegment(arena_.size());
    const detail::ArenaAllocator<char> allocator(segment);
    void* const room = segment->allocate_aligned(sizeof(T), alignof(T));
    std::uninitialized_construct_using_allocator(static_cast<T*>(room), allocator);
    arena_.set_root(static_cast<std::size_t>(static_cast<std::byte*>(room) - arena_.data()));
  }

 private:
  friend serial::Codec<Shared>;
  explicit Shared(detail::SharedArena arena) noexcept : arena_(std::move(arena)) {}

  static std::size_t checked(std::size_t size) {
    if (size < detail::ArenaSegment::get_min_size() + sizeof(T) + alignof(T) + 64) {
      throw ValueError("there is no room for a container in " + std::to_string(size) + " bytes");
    }
    return size;
  }
  [[nodiscard]] Access access(detail::SharedArena::Turn turn) const {
    return {std::move(turn),
            std::launder(reinterpret_cast<T*>(arena_.data() + arena_.root())),
            std::launder(reinterpret_cast<detail::ArenaSegment*>(arena_.data()))};
  }

  detail::SharedArena arena_;
};

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// A container travels as a reference: sender and receiver share one container.
template <class T>
struct Codec<multiprocessing::Shared<T>> {
  /// The size of its arena's reference.
  static constexpr std::size_t min_size = multiprocessing::detail::SharedArena::min_saved_size;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Shared<T>& value) {
    value.arena_.save(writer);
  }
  /// Reads it.
  static multiprocessing::Shared<T> load(Reader& reader) {
    return multiprocessing::Shared<T>(multiprocessing::detail::SharedArena::load(reader));
  }
};

}  // namespace progeny::serial
