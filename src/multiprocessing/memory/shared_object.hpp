#pragma once

// The shared memory of one lock, event or the like.

#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/shared_block.hpp"

#include <cstddef>
#include <memory>
#include <type_traits>

namespace progeny::multiprocessing::detail {

/// The memory of one object that several processes use, zeros at first, with the roster of these
/// processes. It lives as long as one of them has it.
class SharedObject {
 public:
  /// A new object in a region of its own, which takes one descriptor. Throws OSError if there is no
  /// memory.
  [[nodiscard]] static std::shared_ptr<SharedObject> make(std::size_t size);

  /// A new object in the heap: cheap, and without a descriptor of its own. It must be held by an
  /// ObjectReference, which keeps it while a child may need it.
  [[nodiscard]] static std::shared_ptr<SharedObject> make_in_heap(std::size_t size);

  /// Only for `make...` and `load`. `block` is null unless the object lies in the heap.
  SharedObject(Place place,
               std::shared_ptr<Roster> roster,
               std::shared_ptr<SharedBlock> block = {}) noexcept;

  /// The object itself.
  template <class T>
  [[nodiscard]] T& as() const noexcept {
    static_assert(std::is_standard_layout_v<T> && alignof(T) <= 64);
    return place_.as<T>();
  }
  [[nodiscard]] std::size_t size() const noexcept { return place_.size; }
  [[nodiscard]] const std::shared_ptr<SharedBlock>& block() const noexcept { return block_; }
  [[nodiscard]] Roster& roster() const noexcept { return *roster_; }

  /// Writes it as a part of a message to another process.
  void save(serial::Writer& writer) const;
  /// Reads an object of at least `least` bytes. Throws DecodeError or OSError.
  [[nodiscard]] static std::shared_ptr<SharedObject> load(serial::Reader& reader,
                                                          std::size_t least);

 private:
  Place place_;
  std::shared_ptr<Roster> roster_;
  std::shared_ptr<SharedBlock> block_;
};

}  // namespace progeny::multiprocessing::detail
