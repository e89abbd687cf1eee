// What encoding and decoding cost in memory. A program of its own, as it replaces the allocator.

#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <vector>

namespace {

thread_local std::size_t allocations = 0;
thread_local std::size_t largest = 0;

}  // namespace

// Not inlined: GCC would see half of a pair, and warn that the halves do not match.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  largest = std::max(largest, size);
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

template <class T>
std::size_t allocations_of_encoding(const T& value) {
  const std::size_t before = allocations;
  const serial::Outgoing message = serial::encode(value);
  return allocations - before;
}

/// The largest piece of memory that is asked for while these bytes are decoded.
template <class T>
std::size_t largest_of_decoding(const std::string& bytes) {
  largest = 0;
  EXPECT_NE(decoding_error<T>(bytes), "no error");
  return largest;
}

TEST(Encoding, OfSmallValuesAllocatesOnceAtMost) {
  struct Job {
    int number;
    std::string name;
    std::vector<double> weights;
  };
  EXPECT_EQ(allocations_of_encoding(1), 0U);
  EXPECT_EQ(allocations_of_encoding(std::string(400, 'x')), 1U);
  EXPECT_EQ(allocations_of_encoding(Job{1, "a name of some length", {1, 2, 3}}), 1U);
}

TEST(Encoding, OfOneLargePieceAllocatesOnceOrTwice) {
  std::string text;
  text.resize(10000000, 'x');
  EXPECT_LE(allocations_of_encoding(text), 2U);
  EXPECT_LE(allocations_of_encoding(std::vector<int>(10000000)), 2U);
}

TEST(Decoding, TakesNoMemoryForElementsThatAreNotThere) {
  const std::string many("\xff\xff\xff\xff\xff\xff\xff\xff\x0f", 9);
  EXPECT_LT(largest_of_decoding<std::string>(forged<std::string>(many)), 1000U);
  EXPECT_LT(largest_of_decoding<std::vector<int>>(forged<std::vector<int>>(many)), 1000U);
  using Map = std::unordered_map<int, std::string>;
  EXPECT_LT(largest_of_decoding<Map>(forged<Map>(many)), 1000U);
}

TEST(Decoding, TakesNoMoreMemoryAheadThanTheMessageIsLong) {
  using Wide = std::vector<std::optional<std::array<char, 10000>>>;
  std::string claim("\xff\x10\x27\0\0\0\0\0\0", 9);
  claim.append(10000, '\x02');  // Neither there nor absent: the first element is garbage.
  EXPECT_LE(largest_of_decoding<Wide>(forged<Wide>(claim)), 2 * sizeof(Wide::value_type));
}

}  // namespace
