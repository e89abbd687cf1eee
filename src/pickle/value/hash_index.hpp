#pragma once

// Finds items of a vector by their hash: positions in a table with open addressing. Small vectors
// are searched without one.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace progeny::pickle::detail {

class HashIndex {
 public:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // The position below `count` that has this hash and that `is_it` confirms.
  template <class IsIt>
  [[nodiscard]] std::size_t find(std::uint64_t hash, const IsIt& is_it) const {
    if (slots_.empty()) {
      for (std::size_t i = 0; i < hashes_.size(); ++i) {
        if (hashes_[i] == hash && is_it(i)) {
          return i;
        }
      }
      return none;
    }
    const std::size_t mask = slots_.size() - 1;
    for (std::uint64_t slot = spread(hash) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
      const std::size_t i = slots_[slot] - 1;
      if (hashes_[i] == hash && is_it(i)) {
        return i;
      }
    }
    return none;
  }

  // The item behind the last one has this hash.
  void push(std::uint64_t hash) {
    hashes_.push_back(hash);
    if (hashes_.size() * 2 > slots_.size()) {
      if (hashes_.size() > most_without_table) {
        rebuild();
      }
    } else if (!slots_.empty()) {
      enter(hashes_.size() - 1);
    }
  }

  // The item is gone, and those behind it have moved up.
  void erase(std::size_t position) {
    hashes_.erase(hashes_.begin() + static_cast<std::ptrdiff_t>(position));
    if (!slots_.empty()) {
      rebuild();
    }
  }

  void clear() {
    hashes_.clear();
    slots_.clear();
  }

 private:
  static constexpr std::size_t most_without_table = 8;

  // Hashes of numbers are often numbers in a row, or end in zeros.
  [[nodiscard]] static std::uint64_t spread(std::uint64_t hash) {
    hash ^= hash >> 32U;
    hash *= 0x9E3779B97F4A7C15U;
    return hash ^ (hash >> 29U);
  }

  void enter(std::size_t position) {
    const std::size_t mask = slots_.size() - 1;
    std::uint64_t slot = spread(hashes_[position]) & mask;
    while (slots_[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    slots_[slot] = position + 1;
  }

  void rebuild() {
    std::size_t size = 16;
    while (size < hashes_.size() * 4) {
      size *= 2;
    }
    slots_.assign(size, 0);
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
      enter(i);
    }
  }

  std::vector<std::uint64_t> hashes_;
  std::vector<std::size_t> slots_;  // Positions plus one; 0: free.
};

}  // namespace progeny::pickle::detail
