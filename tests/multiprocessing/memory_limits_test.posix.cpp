// Where memory or descriptors run out, a call throws, and what was there stays usable.

#include "multiprocessing/queue_facts.hpp"
#include "support/process_facts.hpp"
#include "support/scoped_limit.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection.hpp>
#include <progeny/multiprocessing/queues.hpp>
#include <progeny/multiprocessing/shared_memory.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using progeny::OSError;
using progeny::testing::numbers;
namespace mp = progeny::multiprocessing;

// No file, and no shared memory, may become larger: as if there were no more.
class NoMoreMemory {
 public:
  explicit NoMoreMemory(std::size_t largest)
      : before_(::signal(SIGXFSZ, SIG_IGN)), limit_(RLIMIT_FSIZE, largest) {}
  NoMoreMemory(const NoMoreMemory&) = delete;
  NoMoreMemory& operator=(const NoMoreMemory&) = delete;
  ~NoMoreMemory() { ::signal(SIGXFSZ, before_); }

 private:
  void (*before_)(int);
  progeny::testing::ScopedLimit limit_;
};

constexpr std::size_t some_memory = std::size_t{16} << 20;

TEST(QueueMemory, ThatEndsIsAnErrorAndLosesNothing) {
  for (const std::size_t size : {1'000UL, 100'000UL}) {
    mp::Queue<std::string> queue;
    std::size_t count = 0;
    const auto text_of = [size](std::size_t number) {
      return std::to_string(number) + std::string(size, 'x');
    };
    {
      const NoMoreMemory limit(some_memory);
      try {
        for (;; ++count) {
          queue.put(text_of(count));
        }
      } catch (const OSError& error) {
        EXPECT_NE(std::string(error.what()), "");
      }
      EXPECT_GT(count, 10U);
      EXPECT_EQ(queue.qsize(), count);
      EXPECT_THROW(queue.put(text_of(count)), OSError);
      EXPECT_EQ(queue.get(), text_of(0));
    }
    queue.put("with more memory");
    for (std::size_t i = 1; i < count; ++i) {
      ASSERT_TRUE(queue.get() == text_of(i)) << i;
    }
    EXPECT_EQ(queue.get(), "with more memory");
    EXPECT_TRUE(queue.empty());
  }
}

TEST(QueueMemory, ThatEndsIsUsedAgain) {
  mp::Queue<std::string> queue;
  const NoMoreMemory limit(some_memory);
  for (int round = 0; round < 3; ++round) {
    std::size_t count = 0;
    try {
      for (;; ++count) {
        queue.put(std::string(50'000, 'x'));
      }
    } catch (const OSError&) {
      EXPECT_GT(count, 50U) << "in round " << round;
    }
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(queue.get().size(), 50'000U);
    }
  }
}

TEST(QueueMemory, OfManyMessagesTakesAsManyAsThereIsRoomFor) {
  mp::Queue<int> queue;
  const std::vector<int> all = numbers(0, 3'000'000);
  std::size_t count = 0;
  {
    const NoMoreMemory limit(some_memory);
    count = queue.put_many(all);
    EXPECT_THROW(queue.put_many(all), OSError);
  }
  EXPECT_EQ(queue.qsize(), count);
  EXPECT_GT(count, 100'000U);
  EXPECT_LT(count, all.size());
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(queue.get(), static_cast<int>(i));
  }
}

TEST(HeapMemory, ThatEndsIsAnErrorAndLosesNothing) {
  std::vector<mp::Array<char>> arrays;
  const NoMoreMemory limit(some_memory);
  EXPECT_THROW(mp::Array<char>(some_memory * 2), OSError);
  arrays.emplace_back(1000);
  arrays.back()[999] = 'x';
  EXPECT_EQ(arrays.back()[999], 'x');
}

TEST(ObjectMemory, ThatIsNotThereIsAnError) {
  const mp::Lock before;
  const NoMoreMemory none(0);
  EXPECT_THROW(mp::Queue<int>(), OSError);
  EXPECT_THROW(mp::Event(), OSError);
  EXPECT_THROW(mp::Pipe({.shared = true}), OSError);
  EXPECT_THROW(mp::shared_memory::SharedMemory({.create = true, .size = 1000}), OSError);
  EXPECT_FALSE(before.locked());
}

TEST(FullDescriptorTable, LeavesNoHalfMadeObject) {
  static_cast<void>(mp::Pipe({.shared = true}));  // What stays of this process is there.
  const std::size_t before = progeny::testing::open_descriptors();
  const int next = ::dup(0);
  ::close(next);
  for (int spare = 0; spare < 4; ++spare) {
    const progeny::testing::ScopedLimit few(RLIMIT_NOFILE, static_cast<rlim_t>(next + spare));
    if (spare < 1) {
      EXPECT_THROW(mp::Lock(), OSError) << spare;
    }
    if (spare < 2) {
      EXPECT_THROW(mp::Queue<int>(), OSError) << spare;
    }
    EXPECT_THROW(mp::Pipe({.shared = true}), OSError) << spare;
  }
  EXPECT_EQ(progeny::testing::open_descriptors(), before);
  EXPECT_NO_THROW(mp::Queue<int>());
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int very_many = 300'000;
#else
constexpr int very_many = 10'000'000;
#endif

TEST(QueueMemory, HoldsTenMillionMessages) {
  mp::Queue<int> queue;
  constexpr int step = 100'000;
  for (const int many : {very_many, 5 * step}) {
    for (int first = 0; first < many; first += step) {
      ASSERT_EQ(queue.put_many(numbers(first, first + step)), static_cast<std::size_t>(step));
    }
    EXPECT_EQ(queue.qsize(), static_cast<std::size_t>(many));
    int next = 0;
    while (next < many) {
      for (const int got : queue.get_many(step)) {
        ASSERT_EQ(got, next++);
      }
    }
    EXPECT_TRUE(queue.empty());
  }
}

}  // namespace
