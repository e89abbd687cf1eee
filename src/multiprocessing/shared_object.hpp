#pragma once

// The memory of a lock, an event and their like.

#include "multiprocessing/region.hpp"
#include "multiprocessing/roster.hpp"

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

  /// Only for `make` and `load`.
  SharedObject(Place place, std::shared_ptr<Roster> roster) noexcept;

  /// What is in it.
  template <class T>
  [[nodiscard]] T& as() const noexcept {
    static_assert(std::is_standard_layout_v<T> && alignof(T) <= 64);
    return place_.as<T>();
  }
  [[nodiscard]] std::size_t size() const noexcept { return place_.size; }
  [[nodiscard]] Roster& roster() const noexcept { return *roster_; }

  /// Writes it as a part of a message to another process.
  void save(serial::Writer& writer) const;
  /// Reads one of at least `least` bytes. Throws DecodeError or OSError.
  [[nodiscard]] static std::shared_ptr<SharedObject> load(serial::Reader& reader,
                                                          std::size_t least);

 private:
  Place place_;
  std::shared_ptr<Roster> roster_;
};

}  // namespace progeny::multiprocessing::detail
