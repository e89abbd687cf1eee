#pragma once

// The invariant of a heap.

#include "multiprocessing/memory/heap.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <optional>

namespace progeny::testing {

/// MP-143: the pieces of a heap tile its arenas, and gaps have been merged.
inline void expect_consistent(multiprocessing::detail::Heap& heap) {
  const auto facts = heap.facts();
  EXPECT_EQ(facts.free_bytes + facts.occupied_bytes, facts.arena_bytes);
  std::map<const multiprocessing::detail::Region*, std::size_t> reached;
  std::optional<multiprocessing::detail::HeapPiece> before;
  for (const auto& piece : heap.pieces()) {
    EXPECT_EQ(piece.offset, reached[piece.arena]) << "a hole, or an overlap";
    EXPECT_EQ(piece.size % 8, 0U);
    if (before && before->arena == piece.arena) {
      EXPECT_FALSE(before->free && piece.free) << "gaps that were not merged";
    }
    reached[piece.arena] = piece.offset + piece.size;
    before = piece;
  }
  EXPECT_EQ(reached.size(), facts.arenas);
  for (const auto& [arena, end] : reached) {
    EXPECT_EQ(end, arena->size());
  }
}

}  // namespace progeny::testing
