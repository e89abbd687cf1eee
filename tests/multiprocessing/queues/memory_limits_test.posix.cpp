// A call that runs out of memory or descriptors throws. What was there before stays usable.

#include "multiprocessing/queues/queue_facts.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/scoped_limit.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using progeny::OSError;
using progeny::testing::numbers;
namespace mp = progeny::multiprocessing;

// Lets no file and no shared memory grow beyond a size, as if there were no more memory.
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

// The message of the error that a call throws; empty if there is none.
template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
    return "";
  } catch (const OSError& error) {
    return error.what();
  }
}

char letter_of(std::size_t number) {
  return static_cast<char>('a' + number % 26);
}

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

// A message that was not put wakes no consumer and counts as no task.
TEST(QueueMemory, ThatIsNotThereLeavesNoTraceOfAMessage) {
  mp::JoinableQueue<std::string> queue;
  const std::vector<std::string> large(3, std::string(100'000, 'x'));
  EXPECT_TRUE(mp::connection::wait({queue}, 0s).empty());
  {
    const NoMoreMemory none(0);
    EXPECT_EQ(error_of([&] { queue.put(large[0]); }), "fallocate: File too large");
    EXPECT_THROW(queue.put_nowait(large[0]), OSError);
    EXPECT_THROW(queue.put_many(large), OSError);
    EXPECT_TRUE(queue.empty());
    EXPECT_TRUE(mp::connection::wait({queue}, 0s).empty());
    EXPECT_TRUE(queue.join(0s));
    queue.put("small");
  }
  EXPECT_EQ(queue.put_many(large), large.size());
  EXPECT_EQ(queue.qsize(), 4U);
  EXPECT_EQ(queue.get(), "small");
  for (const auto& text : large) {
    EXPECT_EQ(queue.get(), text);
  }
}

// In a process of its own, since its heap begins empty.
TEST(HeapMemory, ThatEndsIsAnErrorAndLosesNothing) {
  EXPECT_EQ(progeny::testing::verdict_of_copy([] {
              std::vector<mp::Array<char>> arrays;
              const auto add = [&] {
                arrays.emplace_back(std::string(1'000, letter_of(arrays.size())));
              };
              {
                const NoMoreMemory limit(std::size_t{64} << 10);
                EXPECT_NE(error_of([&] {
                            for (;;) {
                              add();
                            }
                          }),
                          "");
                EXPECT_NE(error_of([] { return mp::Array<char>(some_memory); }), "");
                EXPECT_THROW(mp::Array<char>(-1), progeny::ValueError);
                EXPECT_GT(arrays.size(), 50U);
                arrays.pop_back();
                add();
                arrays.pop_back();
                EXPECT_EQ(mp::Value<int>(5).value(), 5);
              }
              add();
              add();
              for (std::size_t i = 0; i < arrays.size(); ++i) {
                EXPECT_EQ(arrays[i].raw(), std::string(1'000, letter_of(i)));
              }
              return ::testing::Test::HasFailure() ? 1 : 0;
            }),
            0);
}

TEST(BlockMemory, ThatIsNotThereLeavesNoName) {
  using mp::shared_memory::SharedMemory;
  const SharedMemory before({.create = true, .size = 1'000});
  before.buf()[999] = std::byte{7};
  const std::string name = before.name() + "x";
  {
    const NoMoreMemory limit(some_memory);
    EXPECT_EQ(
        error_of([&] { SharedMemory({.name = name, .create = true, .size = some_memory + 1}); }),
        "fallocate \"/" + name + "\": File too large");
    EXPECT_EQ(SharedMemory(before.name()).buf()[999], std::byte{7});
  }
  const SharedMemory made({.name = name, .create = true, .size = some_memory + 1});
  made.buf()[some_memory] = std::byte{8};
  made.unlink();
  before.unlink();
}

TEST(ObjectMemory, ThatIsNotThereIsAnError) {
  const mp::Lock before;
  const NoMoreMemory none(0);
  EXPECT_THROW(mp::Queue<int>(), OSError);
  EXPECT_NO_THROW(mp::Event());  // There is room where the lock lies.
  EXPECT_THROW(static_cast<void>(mp::Pipe({.shared = true})), OSError);
  EXPECT_THROW(mp::shared_memory::SharedMemory({.create = true, .size = 1000}), OSError);
  EXPECT_FALSE(before.locked());
}

TEST(FullDescriptorTable, LeavesNoHalfMadeObject) {
  // The first pipe makes the roster, which stays; the first lock, the memory for others.
  static_cast<void>(mp::Pipe({.shared = true}));
  const mp::Lock first;
  const std::size_t before = progeny::testing::open_descriptors();
  const int next = ::dup(0);
  ::close(next);
  for (int spare = 0; spare < 4; ++spare) {
    const progeny::testing::ScopedLimit few(RLIMIT_NOFILE, static_cast<rlim_t>(next + spare));
    EXPECT_NO_THROW(mp::Lock()) << spare;
    if (spare < 2) {
      EXPECT_THROW(mp::Queue<int>(), OSError) << spare;
    }
    EXPECT_THROW(static_cast<void>(mp::Pipe({.shared = true})), OSError) << spare;
  }
  EXPECT_EQ(progeny::testing::open_descriptors(), before);
  EXPECT_NO_THROW(mp::Queue<int>());
}

TEST(FullDescriptorTable, LeavesWhatIsThereUsable) {
  mp::Lock lock;
  const mp::Value<int> value(1);
  mp::Queue<int> queue;
  mp::Queue<mp::Lock> locks;
  const int next = ::dup(0);
  ::close(next);
  {
    const progeny::testing::ScopedLimit full(RLIMIT_NOFILE, static_cast<rlim_t>(next));
    EXPECT_EQ(error_of([] { mp::Lock(); }), "");  // There is room where the other lies.
    EXPECT_NE(error_of([] { mp::Queue<int>(); }), "");
    EXPECT_NE(error_of([] { mp::shared_memory::SharedMemory({.create = true, .size = 1}); }), "");
    EXPECT_THROW(locks.put(lock), OSError);
    EXPECT_EQ(locks.qsize(), 0U);
    EXPECT_TRUE(lock.acquire());
    lock.release();
    *value += 1;
    EXPECT_EQ(queue.put_many(numbers(0, 100'000)), 100'000U);
    EXPECT_EQ(queue.get(), 0);
  }
  EXPECT_EQ(value.value(), 2);
  EXPECT_EQ(queue.qsize(), 99'999U);
  locks.put(lock);
  EXPECT_FALSE(locks.get().locked());
  EXPECT_FALSE(mp::Lock().locked());
  EXPECT_TRUE(mp::resource_sharer::stop(progeny::testing::very_long));
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int very_many = 1'000'000;
#else
constexpr int very_many = 10'000'000;
#endif

// Puts in steps; the values of the first step one by one.
void put_and_get(mp::Queue<int> queue, int many) {
  constexpr int step = 50'000;
  for (int i = 0; i < step; ++i) {
    queue.put(i);
  }
  for (int first = step; first < many; first += step) {
    ASSERT_EQ(queue.put_many(numbers(first, first + step)), static_cast<std::size_t>(step));
  }
  EXPECT_EQ(queue.qsize(), static_cast<std::size_t>(many));
  int next = 0;
  while (next < many) {
    const std::vector<int> got = queue.get_many(step);
    const int end = next + static_cast<int>(got.size());
    ASSERT_TRUE(got == numbers(next, end));
    next = end;
  }
  EXPECT_TRUE(queue.empty());
}

TEST(QueueMemory, HoldsTenMillionMessagesAndIsUsedAgain) {
  const mp::Queue<int> queue;
  put_and_get(queue, very_many);
  const NoMoreMemory none(0);
  put_and_get(queue, very_many / 10);
}

}  // namespace
