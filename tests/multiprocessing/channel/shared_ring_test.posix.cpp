#include "multiprocessing/channel/shared_ring.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using progeny::multiprocessing::detail::SharedRing;

class Rings : public ::testing::Test {
 protected:
  SharedRing::State state;
  std::vector<std::byte> bytes = std::vector<std::byte>(SharedRing::capacity);
  SharedRing ring{state, bytes.data()};

  [[nodiscard]] bool put(std::string_view text) { return ring.try_put({text}, {}); }
  [[nodiscard]] std::string get() {
    const auto piece = ring.next().value();
    std::string text(piece.bytes);
    ring.drop(piece);
    return text;
  }
};

std::string text_of(int number, std::size_t size) {
  std::string text(size, static_cast<char>('a' + number % 26));
  return text;
}

TEST_F(Rings, HoldPiecesInOrder) {
  EXPECT_FALSE(ring.has_piece());
  EXPECT_FALSE(ring.next());
  EXPECT_TRUE(put("one"));
  EXPECT_TRUE(ring.try_put({"t", "", "wo"}, {}));
  EXPECT_TRUE(put(""));
  EXPECT_TRUE(ring.has_piece());
  EXPECT_EQ(get(), "one");
  EXPECT_EQ(get(), "two");
  EXPECT_EQ(get(), "");
  EXPECT_FALSE(ring.has_piece());
}

TEST_F(Rings, SayWhatAPieceIs) {
  EXPECT_TRUE(ring.try_put({"a"}, {.is_first = true, .is_last = false, .has_handles = true}));
  EXPECT_TRUE(ring.try_put({"b"}, {.is_first = false, .is_last = true}));
  const auto first = ring.next().value();
  EXPECT_TRUE(first.marks.is_first);
  EXPECT_FALSE(first.marks.is_last);
  EXPECT_TRUE(first.marks.has_handles);
  EXPECT_EQ(ring.next().value().bytes, "a") << "a piece stays until it is dropped";
  ring.drop(first);
  const auto second = ring.next().value();
  EXPECT_FALSE(second.marks.is_first);
  EXPECT_TRUE(second.marks.is_last);
  EXPECT_FALSE(second.marks.has_handles);
}

TEST_F(Rings, AreFullBeforeTheyWriteOverWhatIsThere) {
  int count = 0;
  while (put(text_of(count, 1000))) {
    ++count;
  }
  EXPECT_EQ(static_cast<std::size_t>(count), SharedRing::capacity / 1008);
  EXPECT_FALSE(ring.has_room(1000));
  for (int i = 0; i < count; ++i) {
    EXPECT_EQ(get(), text_of(i, 1000));
  }
  EXPECT_TRUE(ring.has_room(SharedRing::largest_piece));
}

// Many rounds of the ring, with every size, compared with a plain list.
TEST_F(Rings, KeepAllOnTheirWayRound) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same each time.
  std::deque<std::string> expected;
  for (int i = 0; i < 4000; ++i) {
    const std::size_t most = i % 3 == 0 ? SharedRing::largest_piece : 300;
    const std::string text =
        text_of(i, std::uniform_int_distribution<std::size_t>(0, most)(random));
    const bool has_room = ring.has_room(text.size());
    EXPECT_EQ(put(text), has_room);
    if (has_room) {
      expected.push_back(text);
    }
    while (!expected.empty() && (!has_room || random() % 2 == 0)) {
      ASSERT_TRUE(get() == expected.front());
      expected.pop_front();
      if (random() % 3 == 0) {
        break;
      }
    }
    ASSERT_TRUE(!expected.empty() || ring.has_room(SharedRing::largest_piece));
  }
}

// Another process may have written anything into the memory. The result is an exception, and no
// read outside of the ring.
TEST_F(Rings, TrustNoBytes) {
  std::mt19937_64 random(8);  // NOLINT(cert-msc51-cpp): the same each time.
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t position = random() % SharedRing::capacity / 8 * 8;
    state.got.store(position);
    state.put_seen.store(position);
    state.put.store(i % 2 == 0 ? position + random() % (2 * SharedRing::capacity) : random());
    std::uint64_t mark = random();
    if (i % 4 != 0) {
      mark &= 0x1f0007ffff;  // Nearly right.
    }
    std::memcpy(bytes.data() + position, &mark, sizeof mark);
    try {
      if (const auto piece = ring.next()) {
        const auto* const begin = reinterpret_cast<const std::byte*>(piece->bytes.data());
        ASSERT_GE(begin, bytes.data());
        ASSERT_LE(begin + piece->bytes.size(), bytes.data() + bytes.size());
        ASSERT_LE(piece->bytes.size(), SharedRing::largest_piece);
        ASSERT_LE(piece->end, state.put.load());
      }
    } catch (const progeny::OSError& error) {
      EXPECT_EQ(error.code(), std::errc::bad_message);
      ++refused;
    }
  }
  EXPECT_GT(refused, 10'000);
}

}  // namespace
