// How much address space and memory queues take, and that they give memory back.

#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/scoped_limit.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/multiprocessing/queues/simple_queue.hpp>
#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::testing {

namespace {

namespace mp = progeny::multiprocessing;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

std::size_t address_space() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Shows the handle of its memory.
class OpenQueue : public mp::Queue<std::string> {
 public:
  using mp::Queue<std::string>::Queue;
  // Bytes that the system has set aside for it.
  [[nodiscard]] std::size_t memory() const {
    serial::Writer writer;
    core().save(writer);
    struct stat facts{};
    EXPECT_EQ(::fstat(writer.handles()[1], &facts), 0);
    return static_cast<std::size_t>(facts.st_blocks) * 512;
  }
};

std::string text_of(std::size_t number, std::size_t size) {
  return std::string(size, static_cast<char>('a' + number % 26));
}

// Puts and gets texts of this size, so that at most so many are in the queue.
void go_through(mp::Queue<std::string>& queue, std::size_t count, std::size_t size) {
  for (std::size_t i = 0; i < count; ++i) {
    queue.put(text_of(i, size));
  }
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(queue.get(true, std::chrono::seconds(10)) == text_of(i, size));
  }
}

// A sanitizer's own address space is terabytes.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

// C2
TEST(QueueAddressSpace, Of300MegabytesIsEnough) {
  ForkedChild limited([] {
    const ScopedLimit limit(RLIMIT_AS, 300 * mebibyte);
    mp::Queue<std::string> queue;
    mp::SimpleQueue<int> simple;
    mp::JoinableQueue<int> joinable(5);
    simple.put(1);
    joinable.put(2);
    go_through(queue, 1'000, 100);
    go_through(queue, 3'000, 10'000);
    go_through(queue, 20, mebibyte);
    // The other end is a process with the same limit.
    ForkedChild producer([&] {
      for (std::size_t i = 0; i < 30; ++i) {
        queue.put(text_of(i, 2 * mebibyte));
      }
      return 0;
    });
    for (std::size_t i = 0; i < 30; ++i) {
      if (queue.get() != text_of(i, 2 * mebibyte)) {
        return 1;
      }
    }
    return producer.wait() + simple.get() - 1 + joinable.get() - 2;
  });
  EXPECT_EQ(limited.wait(), 0);
}

// C2: what does not fit is an error, and loses nothing.
TEST(QueueAddressSpace, ThatEndsIsAnError) {
  ForkedChild limited([] {
    mp::Queue<std::string> queue;
    queue.put("first");
    const ScopedLimit limit(RLIMIT_AS, address_space() + 40 * mebibyte);
    const std::string large(6 * mebibyte, 'x');
    std::size_t count = 0;
    try {
      for (; count < 100; ++count) {
        queue.put(large);
      }
      return 1;
    } catch (const OSError& error) {
      if (error.code() != std::errc::not_enough_memory) {
        return 2;
      }
    }
    if (queue.qsize() != count + 1 || queue.get() != "first") {
      return 3;
    }
    for (; count != 0; --count) {
      if (queue.get_view().bytes() != large) {
        return 4;
      }
    }
    queue.put("last");
    return queue.get() == "last" ? 0 : 5;
  });
  EXPECT_EQ(limited.wait(), 0);
}

// C2: a process that lacks the address space for a message leaves it to others.
TEST(QueueAddressSpace, ThatAConsumerLacksLeavesTheMessage) {
  mp::Queue<std::string> queue;
  ForkedChild producer([&] {
    queue.put(text_of(1, 64 * mebibyte));
    return 0;
  });
  ASSERT_EQ(producer.wait(), 0);
  ForkedChild limited([&] {
    const ScopedLimit limit(RLIMIT_AS, address_space() + 20 * mebibyte);
    try {
      return static_cast<int>(queue.get_view().bytes().size() % 2);
    } catch (const OSError& error) {
      return error.code() == std::errc::not_enough_memory ? 7 : 8;
    }
  });
  EXPECT_EQ(limited.wait(), 7);
  EXPECT_EQ(queue.qsize(), 1U);
  EXPECT_TRUE(queue.get() == text_of(1, 64 * mebibyte));
}

// C2
TEST(QueueAddressSpace, GrowsWithWhatIsInTheQueues) {
  ForkedChild child([] {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    constexpr std::size_t count = 1'000;
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 2 * count + 200);
    ::setrlimit(RLIMIT_NOFILE, &files);
    const std::size_t before = address_space();
    std::vector<mp::Queue<int>> queues;
    for (std::size_t i = 0; i < std::min<std::size_t>(count, files.rlim_cur / 2 - 100); ++i) {
      queues.emplace_back().put(static_cast<int>(i));
    }
    if (address_space() - before > queues.size() * 3 * mebibyte) {
      return 1;
    }
    int expected = 0;
    return std::ranges::all_of(queues, [&](auto& queue) { return queue.get() == expected++; }) ? 0
                                                                                               : 2;
  });
  EXPECT_EQ(child.wait(), 0);
}

#endif

// C8
TEST(QueueMemory, IsGivenBackAfterAPeak) {
  for (const std::size_t size : {4'000UL, 100'000UL, 5 * mebibyte}) {
    SCOPED_TRACE(size);
    OpenQueue queue;
    const std::size_t count = 64 * mebibyte / size;
    for (std::size_t i = 0; i < count; ++i) {
      queue.put(text_of(i, size));
    }
    EXPECT_GT(queue.memory(), 60 * mebibyte);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(queue.get() == text_of(i, size));
    }
    EXPECT_LT(queue.memory(), 24 * mebibyte);
    // The same blocks are used again, and are whole.
    go_through(queue, count, size);
  }
}

// C8: little memory stays, so that steady traffic does not pay for it.
TEST(QueueMemory, OfSteadyTrafficStays) {
  OpenQueue queue;
  go_through(queue, 12, mebibyte);
  const std::size_t before = queue.memory();
  go_through(queue, 12, mebibyte);
  EXPECT_EQ(queue.memory(), before);
}

}  // namespace

}  // namespace progeny::testing
