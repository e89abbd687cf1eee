#pragma once

// Containers that several processes change: vectors, strings, maps, and what is made of them, in
// memory without a name, behind a lock. Python has no such thing without a server process.
//
//   mp::Shared<mp::SharedMap<mp::SharedString, int>> ages(1 << 20);
//   mp::Process child(count, ages);                                  // the same map, in the child
//   if (auto map = ages.acquire(); map->size() > 3) { ... }          // nobody else as long as
//   `map`

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/detail/shared_arena.hpp>

#include <boost/container/scoped_allocator.hpp>
#include <boost/container/string.hpp>
#include <boost/container/vector.hpp>
#include <boost/container_hash/hash.hpp>
#include <boost/interprocess/indexes/null_index.hpp>
#include <boost/interprocess/mem_algo/rbtree_best_fit.hpp>
#include <boost/interprocess/offset_ptr.hpp>
#include <boost/interprocess/segment_manager.hpp>
#include <boost/interprocess/sync/mutex_family.hpp>
#include <boost/unordered/unordered_map.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace progeny::multiprocessing {

namespace detail {

/// Finds memory in an arena. It has no locks of its own, which would stay locked when their owner
/// is killed: it is only used by who has the arena's.
using ArenaSegment = boost::interprocess::segment_manager<
    char,
    boost::interprocess::rbtree_best_fit<boost::interprocess::null_mutex_family>,
    boost::interprocess::null_index>;

/// Gives containers memory of an arena. Throws `std::bad_alloc` when that is full.
template <class T>
class ArenaAllocator {
 public:
  using value_type = T;
  using pointer = boost::interprocess::offset_ptr<T>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;

  /// Of the arena of `segment`.
  // NOLINTNEXTLINE(google-explicit-constructor): containers make their elements' of their own.
  ArenaAllocator(ArenaSegment* segment) noexcept : segment_(segment) {}
  /// Of the same arena.
  template <class Other>
  // NOLINTNEXTLINE(google-explicit-constructor): as the standard's allocators.
  ArenaAllocator(const ArenaAllocator<Other>& other) noexcept : segment_(other.segment()) {}

  /// Room for `count` elements.
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
  /// Gives it back.
  void deallocate(const pointer& memory, size_type /*count*/) noexcept {
    segment_->deallocate(boost::interprocess::ipcdetail::to_raw_pointer(memory));
  }

  /// The arena.
  [[nodiscard]] ArenaSegment* segment() const noexcept { return segment_.get(); }
  /// Whether they give memory of the same arena.
  bool operator==(const ArenaAllocator& other) const noexcept { return segment_ == other.segment_; }

 private:
  boost::interprocess::offset_ptr<ArenaSegment> segment_;
};

}  // namespace detail

/// What containers in a `Shared` allocate with. Those that contain others hand it on.
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

/// A container that all processes which have it change in turns. A copy is the same container, also
/// one that has travelled to another process, as an argument or over a local connection.
///
/// `T` and what it contains must be made of values without pointers and of `SharedVector`,
/// `SharedString`, `SharedMap`, or another container with a `SharedAllocator`.
///
/// The memory is reserved when it is made, does not grow, and goes with the last process that has
/// it. When it is full, the container throws `std::bad_alloc` and is as it was.
///
/// When a process is killed in the middle of its turn, the container may be half changed: every
/// `acquire` throws `OwnerDied` from then on, in all processes, until one calls `reset`.
///
/// - Threads: safe, but not to acquire in the thread that has it already, which waits for itself.
/// - Platforms: Linux.
/// - Example: tests/multiprocessing/sharedctypes/shared_containers_test.cpp
template <class T>
class Shared {
 public:
  /// An empty container with `size` bytes for it, all that is in it, and a few hundred for their
  /// administration. Throws `OSError` if there is not so much memory, and `ValueError` if it is too
  /// little.
  explicit Shared(std::size_t size) : arena_(checked(size)) { reset(); }

  /// The container, and nobody else's as long as this object lives.
  class Access {
   public:
    /// The container.
    [[nodiscard]] T& operator*() const noexcept { return *value_; }
    /// The container.
    [[nodiscard]] T* operator->() const noexcept { return value_; }
    /// For elements that are made before they are put into the container.
    [[nodiscard]] detail::ArenaAllocator<char> allocator() const noexcept { return segment_; }
    /// A string, for instance to look up a key.
    [[nodiscard]] SharedString string(std::string_view text) const {
      return {text.begin(), text.end(), detail::ArenaAllocator<char>(segment_)};
    }
    /// How many bytes are free, in pieces.
    [[nodiscard]] std::size_t free_memory() const { return segment_->get_free_memory(); }

   private:
    friend Shared;
    Access(detail::SharedArena::Turn turn, T* value, detail::ArenaSegment* segment) noexcept
        : turn_(std::move(turn)), value_(value), segment_(segment) {}

    detail::SharedArena::Turn turn_;
    T* value_;
    detail::ArenaSegment* segment_;
  };

  /// Waits until nobody else has it. Throws `OwnerDied`: see above.
  [[nodiscard]] Access acquire() { return access(arena_.take()); }
  /// The same, at most `timeout`; nothing if it took longer.
  [[nodiscard]] std::optional<Access> acquire(const Timeout& timeout) {
    auto turn = arena_.take(timeout);
    return turn ? std::optional(access(std::move(*turn))) : std::nullopt;
  }

  /// Waits until nobody else has it, and makes it empty, without looking at what was in it.
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

/// The receiver's is the same container.
template <class T>
struct Codec<multiprocessing::Shared<T>> {
  /// That of its memory.
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
