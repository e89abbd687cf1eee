// Values that a queue decodes where they lie in its memory, without a copy in between.

#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <numeric>
#include <string>
#include <vector>

namespace {

namespace mp = progeny::multiprocessing;
using mp::detail::QueueCore;
using namespace std::chrono_literals;

// Whether ScarceMemory has no memory.
bool is_out_of_memory = false;

template <class T>
struct ScarceMemory {
  using value_type = T;
  ScarceMemory() = default;
  template <class Other>
  // NOLINTNEXTLINE(google-explicit-constructor): as allocators convert.
  ScarceMemory(const ScarceMemory<Other>& /*other*/) noexcept {}
  T* allocate(std::size_t count) {
    return is_out_of_memory ? throw std::bad_alloc() : std::allocator<T>().allocate(count);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    std::allocator<T>().deallocate(memory, count);
  }
  bool operator==(const ScarceMemory& /*other*/) const noexcept { return true; }
};
using ScarceVector = std::vector<int, ScarceMemory<int>>;
static_assert(mp::detail::Flat<ScarceVector>);

TEST(FlatValues, ComeOutAsTheyWerePut) {
  mp::Queue<std::array<int, 1000>> plain;
  mp::Queue<std::vector<double>> vectors;
  mp::Queue<std::string> strings;
  std::array<int, 1000> numbers{};
  std::iota(numbers.begin(), numbers.end(), -500);
  plain.put(numbers);
  EXPECT_EQ(plain.get(), numbers);
  // No element, a short count, a long count, and a block of its own.
  for (const std::size_t size : {0U, 1U, 254U, 255U, 4000U, 100'000U}) {
    const std::vector<double> halves(size, 0.5);
    const std::string text(size, 'x');
    vectors.put(halves);
    strings.put(text);
    EXPECT_EQ(vectors.get(), halves);
    EXPECT_EQ(strings.get(), text);
  }
}

// MP-082: a bounded queue has room again.
TEST(FlatValues, OfAnotherTypeAreGotAllTheSame) {
  const auto core = QueueCore::make(2, mp::detail::ClosedQueue::is_value_error);
  const auto put = [&core](const auto& value) { mp::detail::put_value(*core, value, 0s); };
  put(std::string("text"));
  put(7);
  EXPECT_TRUE(core->full());
  EXPECT_THROW(static_cast<void>(mp::detail::get_value<std::vector<int>>(*core, 0s)),
               progeny::serial::DecodeError);
  put(8);
  EXPECT_EQ(mp::detail::get_value<int>(*core, 0s), 7);
  EXPECT_THROW(static_cast<void>(mp::detail::get_value<double>(*core, 0s)),
               progeny::serial::DecodeError);
  EXPECT_THROW(static_cast<void>(mp::detail::get_value<int>(*core, 0s)), mp::Empty);
}

TEST(FlatValues, ForWhichThereIsNoMemoryStayInTheQueue) {
  mp::Queue<ScarceVector> queue;
  queue.put({1, 2, 3});
  queue.put({4});
  is_out_of_memory = true;
  EXPECT_THROW(static_cast<void>(queue.get_nowait()), std::bad_alloc);
  is_out_of_memory = false;
  EXPECT_EQ(queue.qsize(), 2U);
  EXPECT_EQ(queue.get_nowait(), (ScarceVector{1, 2, 3}));
  EXPECT_EQ(queue.get_nowait(), (ScarceVector{4}));
}

}  // namespace
