#pragma once

// Shared memory as this process has it: mapped once, however many objects lie in it.
//
// Words for memory, from the system's to the user's:
//
//     Mapping      platform: address space of this process that shows a memory file
//     Region       a memory file without a name, its handle and its mapping; one object a process
//     Place        a part of a region: region, offset and size
//     Arena        a region that a Heap hands out blocks of
//     SharedBlock  a block of the heap, with a count of its users in all processes
//     SharedObject a lock, an event and the like, in a SharedBlock
//     BlockPool    the growing region of one queue, cut into numbered blocks
//     Handle       a descriptor of the system; never memory
//
// (The public `shared_memory::SharedMemory` is memory with a name, and none of these.)

#include "platform/memory/anonymous_memory.hpp"
#include "platform/memory/mapping.hpp"

#include <progeny/base/handle.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace progeny::serial {

class Reader;
class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

/// Shared memory that has no name and never shrinks. In this process it lives as long as the last
/// `shared_ptr` to it; altogether, as long as the last process that has it. A forked child has its
/// parent's regions at the same addresses.
/// - Threads: safe.
class Region {
 public:
  /// New memory, all zeros. Throws OSError if there is not so much. `name` is for humans, in
  /// `/proc/PID/maps`.
  [[nodiscard]] static std::shared_ptr<Region> make(const char* name, std::size_t size);

  /// The region behind a handle (borrowed): the one that this process has already, or a new one.
  /// - Throws: OSError if the handle is no such memory.
  [[nodiscard]] static std::shared_ptr<Region> attach(native_handle memory);

  /// New memory that will grow. The first `size` bytes can be used, others after `reserve`. The
  /// first `mapped` bytes are in the addresses of this process from now on, others by `map`.
  [[nodiscard]] static std::shared_ptr<Region> make_growing(const char* name,
                                                            std::size_t size,
                                                            std::size_t mapped);
  /// `attach` for memory that was made by `make_growing` with this `mapped`.
  [[nodiscard]] static std::shared_ptr<Region> attach_growing(native_handle memory,
                                                              std::size_t mapped);

  /// Makes `size` bytes from `offset` on usable, in all processes. Again is fine.
  /// - Throws: OSError if there is not so much memory.
  void reserve(std::size_t offset, std::size_t size) const;

  /// Gives the memory of these bytes back to the system: they are zeros, and using them before they
  /// are reserved again may raise SIGBUS. Returns whether that was possible.
  bool give_back(std::size_t offset, std::size_t size) const noexcept;

  /// Where these bytes are in this process, for as long as the region lives. Maps them if they are
  /// not mapped yet, and some that follow if there is address space enough.
  /// - Throws: OSError with the call `mmap`.
  [[nodiscard]] std::byte* map(std::size_t offset, std::size_t size) const;

  /// Whether these bytes can be used: whether any process has reserved them. Touching others raises
  /// SIGBUS. Throws OSError.
  [[nodiscard]] bool has(std::size_t offset, std::size_t size) const {
    const std::size_t known = known_size();
    return (offset <= known && size <= known - offset) || has_now(offset, size);
  }
  /// The size of the memory when this process last asked, or 0: it may be larger by now.
  [[nodiscard]] std::size_t known_size() const noexcept {
    return known_size_.load(std::memory_order_relaxed);
  }

  /// Only for `make` and `attach`: maps the first `size` bytes.
  Region(Handle memory, std::size_t size);
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region();

  [[nodiscard]] std::byte* data() const noexcept { return mapping_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return mapping_.size(); }
  [[nodiscard]] native_handle handle() const noexcept { return memory_.get(); }

  /// The object at `offset`. The maker of the region has put it there.
  template <class T>
  [[nodiscard]] T& at(std::size_t offset) const noexcept {
    return *reinterpret_cast<T*>(data() + offset);
  }

 private:
  // A further part of the memory in the addresses of this process.
  struct Part;

  [[nodiscard]] bool has_now(std::size_t offset, std::size_t size) const;
  [[nodiscard]] std::byte* mapped(const Part* from, std::size_t offset, std::size_t size) const;

  Handle memory_;
  platform::Mapping mapping_;
  /// The size of the memory when the system was last asked. It only grows, so an old value is never
  /// wrong: relaxed.
  mutable std::atomic<std::size_t> known_size_{0};
  /// The newest part; each leads to the one before. A list without a lock, which a fork could copy
  /// while another thread holds it. Stored with release, loaded with acquire.
  mutable std::atomic<const Part*> parts_{nullptr};
  /// Bytes of all parts. Only a hint for the next one: relaxed.
  mutable std::atomic<std::size_t> size_of_parts_{0};
};

/// A part of a region, in which an object lies. Keeps the region alive.
struct Place {
  std::shared_ptr<Region> region = {};
  std::size_t offset = 0;
  std::size_t size = 0;

  template <class T>
  [[nodiscard]] T& as() const noexcept {
    return region->at<T>(offset);
  }
};

/// Writes a region. Its handle travels once, however many objects of the message lie in it.
void save_region(serial::Writer& writer, const Region& region);
/// Reads a region. Throws DecodeError or OSError.
[[nodiscard]] std::shared_ptr<Region> load_region(serial::Reader& reader);

/// Writes a place.
void save_place(serial::Writer& writer, const Place& place);
/// Reads a place of at least `least` bytes, at a multiple of `alignment`. Throws DecodeError if it
/// does not lie in its region.
[[nodiscard]] Place load_place(serial::Reader& reader, std::size_t least, std::size_t alignment);

}  // namespace progeny::multiprocessing::detail
