#pragma once

// The memory of a lock, an event and their like.

#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/shared_block.hpp"

#include <cstddef>
#include <memory>
#include <type_traits>

namespace progeny::multiprocessing::detail {

/// Memory that several processes see, zeros at first, with the roster of those that use it. Lives
/// as long as one of them has it.
class SharedObject {
 public:
  /// Room for a new object of this process. Throws OSError if there is no memory.
  [[nodiscard]] static std::shared_ptr<SharedObject> make(std::size_t size);

  /// The same in the heap: cheap, and without a descriptor of its own. What refers to it is to be
  /// an ObjectReference.
  [[nodiscard]] static std::shared_ptr<SharedObject> make_in_heap(std::size_t size);

  /// Only for the functions above and below. `block` is that of the heap, if it lies there.
  SharedObject(Place place,
               std::shared_ptr<Roster> roster,
               std::shared_ptr<SharedBlock> block = {}) noexcept;

  /// What is in it.
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
  /// Reads one of at least `least` bytes. Throws DecodeError or OSError.
  [[nodiscard]] static std::shared_ptr<SharedObject> load(serial::Reader& reader,
                                                          std::size_t least);

 private:
  Place place_;
  std::shared_ptr<Roster> roster_;
  std::shared_ptr<SharedBlock> block_;
};

}  // namespace progeny::multiprocessing::detail
