#pragma once

// Shared memory as this process has it: mapped once, however many objects lie in it.

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

/// A piece of shared memory that has no name and never shrinks. It goes with the last process that
/// has it; in this process, with the last `shared_ptr`. A forked child has its parent's.
class Region {
 public:
  /// New memory, all zeros. Throws OSError if there is not so much.
  [[nodiscard]] static std::shared_ptr<Region> make(const char* name, std::size_t size);

  /// The memory behind a handle, which stays the caller's: the Region that this process has of it
  /// already, or a new one.
  /// - Throws: OSError if the handle is no such memory.
  [[nodiscard]] static std::shared_ptr<Region> attach(native_handle memory);

  /// New memory that will grow: `room` bytes of addresses, of which the first `size` can be used,
  /// and others once `reserve` has been called for them.
  [[nodiscard]] static std::shared_ptr<Region> make_growing(const char* name,
                                                            std::size_t size,
                                                            std::size_t room);
  /// As `attach`, for memory that was made by `make_growing` with this room.
  [[nodiscard]] static std::shared_ptr<Region> attach_growing(native_handle memory,
                                                              std::size_t room);

  /// Makes `size` bytes from `offset` on usable. Again is fine. Throws OSError if there is not so
  /// much memory.
  void reserve(std::size_t offset, std::size_t size) const;

  /// Whether these bytes can be used: whether anybody has made them so. Throws OSError.
  [[nodiscard]] bool has(std::size_t offset, std::size_t size) const {
    const std::size_t known = known_size_.load(std::memory_order_relaxed);
    return (offset <= known && size <= known - offset) || has_now(offset, size);
  }

  /// Only for `make` and `attach`.
  Region(Handle memory, std::size_t size);

  [[nodiscard]] std::byte* data() const noexcept { return mapping_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return mapping_.size(); }
  [[nodiscard]] native_handle handle() const noexcept { return memory_.get(); }

  /// The object at `offset`, which whoever made the region has put there.
  template <class T>
  [[nodiscard]] T& at(std::size_t offset) const noexcept {
    return *reinterpret_cast<T*>(data() + offset);
  }

 private:
  [[nodiscard]] bool has_now(std::size_t offset, std::size_t size) const;

  Handle memory_;
  platform::Mapping mapping_;
  mutable std::atomic<std::size_t> known_size_{0};  ///< Of the memory, when it was last asked for.
};

/// A stretch of a region that an object lives in.
struct Place {
  std::shared_ptr<Region> region = {};
  std::size_t offset = 0;
  std::size_t size = 0;

  template <class T>
  [[nodiscard]] T& as() const noexcept {
    return region->at<T>(offset);
  }
};

/// Writes a region. Several objects of one message that lie in it send its handle once.
void save_region(serial::Writer& writer, const Region& region);
/// Reads one. Throws DecodeError or OSError.
[[nodiscard]] std::shared_ptr<Region> load_region(serial::Reader& reader);

/// Writes a place.
void save_place(serial::Writer& writer, const Place& place);
/// Reads a place of at least `least` bytes, at a multiple of `alignment`. Throws DecodeError if it
/// does not lie in its region.
[[nodiscard]] Place load_place(serial::Reader& reader, std::size_t least, std::size_t alignment);

}  // namespace progeny::multiprocessing::detail
