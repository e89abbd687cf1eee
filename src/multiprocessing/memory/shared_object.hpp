#pragma once

// The shared memory of one lock, event or the like.

#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/shared_block.hpp"

#include <cstddef>
#include <memory>
#include <type_traits>

namespace progeny::multiprocessing::detail {

/// The memory of one object that several processes use, zeros at first, with the roster of these
/// processes. It is a block of the heap, so it is cheap and takes no descriptor of its own. It
/// lives as long as one of the processes has it, and must be held by an ObjectReference.
class SharedObject {
 public:
  /// A new object. Throws OSError if there is no memory.
  [[nodiscard]] static std::shared_ptr<SharedObject> make(std::size_t size);

  /// Only for `make` and `load`.
  SharedObject(std::shared_ptr<Roster> roster, std::shared_ptr<SharedBlock> block) noexcept;

  /// The object itself.
  template <class T>
  [[nodiscard]] T& as() const noexcept {
    static_assert(std::is_standard_layout_v<T> && alignof(T) <= 64);
    return *reinterpret_cast<T*>(data_);
  }
  [[nodiscard]] std::size_t size() const noexcept { return block_->size(); }
  [[nodiscard]] const std::shared_ptr<SharedBlock>& block() const noexcept { return block_; }
  [[nodiscard]] Roster& roster() const noexcept { return *roster_; }

  /// Writes it as a part of a message to another process.
  void save(serial::Writer& writer) const;
  /// Reads an object of at least `least` bytes. Throws DecodeError or OSError.
  [[nodiscard]] static std::shared_ptr<SharedObject> load(serial::Reader& reader,
                                                          std::size_t least);

 private:
  std::byte* data_;  ///< Of the block: each use of a lock needs it.
  std::shared_ptr<Roster> roster_;
  std::shared_ptr<SharedBlock> block_;
};

}  // namespace progeny::multiprocessing::detail
