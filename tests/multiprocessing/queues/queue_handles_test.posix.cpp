// Values with handles in them: the process of the sender keeps these handles for the receiver, and
// no others.

#include "support/children/forked_child.posix.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/scoped_limit.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

using progeny::testing::eventually;
using progeny::testing::open_descriptors;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class QueueOfHandles : public ::testing::Test {
 protected:
  // Starts the thread that serves receivers, and leaves one value in the queue.
  void SetUp() override { queue().put(lock()); }
  void TearDown() override { EXPECT_TRUE(mp::resource_sharer::stop(very_long)); }

  [[nodiscard]] mp::Lock& lock() { return lock_; }
  [[nodiscard]] mp::Queue<mp::Lock>& queue() { return queue_; }

 private:
  mp::Lock lock_;
  mp::Queue<mp::Lock> queue_{2};
};

TEST_F(QueueOfHandles, KeepsNoneForAValueThatHasNoRoom) {
  queue().put(lock());
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(queue().put_nowait(lock()), mp::Full);
    EXPECT_EQ(queue().put_many(std::vector(5, lock()), {.block = false}), 0U);
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(QueueOfHandles, KeepsThoseOfTheValuesThatHadRoom) {
  const std::size_t before = open_descriptors();
  EXPECT_EQ(queue().put_many(std::vector(5, lock()), {.block = false}), 1U);
  const std::size_t kept = open_descriptors() - before;
  lock().acquire();
  EXPECT_TRUE(queue().get().locked());
  EXPECT_TRUE(queue().get().locked());
  lock().release();
  EXPECT_TRUE(queue().empty());
  // Not at once: the serving thread closes its handle after the receiver has got a copy.
  EXPECT_TRUE(eventually([&] { return open_descriptors() == before - kept; }));
}

TEST_F(QueueOfHandles, KeepsNoneIfNotAllCanBeKept) {
  mp::Queue<std::vector<mp::Queue<int>>> queues;
  const std::vector<mp::Queue<int>> value(3);
  const std::size_t before = open_descriptors();
  {
    const int next = ::dup(0);
    ::close(next);
    const progeny::testing::ScopedLimit few(RLIMIT_NOFILE, static_cast<rlim_t>(next + 2));
    EXPECT_THROW(queues.put(value), progeny::OSError);
    EXPECT_THROW(queues.put_many(std::vector(2, value)), progeny::OSError);
  }
  EXPECT_TRUE(queues.empty());
  EXPECT_EQ(open_descriptors(), before);
}

// However many descriptors are free: a value that cannot be got is still there for the next `get`.
TEST_F(QueueOfHandles, LeavesAValueForWhichThereAreTooFewDescriptors) {
  mp::Queue<std::pair<mp::Queue<int>, std::string>> queues;
  const mp::Queue<int> value;
  int failures = 0;
  for (const std::size_t size : {10U, 100'000U}) {
    for (int spare = 0; spare < 14; ++spare) {
      SCOPED_TRACE(spare);
      queues.put({value, std::string(size, 'x')});
      const int next = ::dup(0);
      ::close(next);
      bool has_come = false;
      {
        const progeny::testing::ScopedLimit few(RLIMIT_NOFILE, static_cast<rlim_t>(next + spare));
        try {
          queues.get().first.put(spare);
          has_come = true;
        } catch (const progeny::OSError& error) {
          EXPECT_EQ(error.code(), std::errc::too_many_files_open);
          ++failures;
        }
        EXPECT_EQ(queues.qsize(), has_come ? 0U : 1U);
      }
      if (!has_come) {
        queues.get().first.put(spare);
      }
      EXPECT_EQ(mp::Queue<int>(value).get(), spare);
    }
  }
  EXPECT_GE(failures, 10);
}

// C7
TEST_F(QueueOfHandles, KeepsNoneForUnreadValuesOfAQueueThatIsGone) {
  const mp::Queue<int> value;
  const std::size_t before = open_descriptors();
  for (const std::size_t size : {0U, 100'000U}) {
    mp::Queue<std::pair<mp::Queue<int>, std::string>> gone;
    for (int i = 0; i < 5; ++i) {
      gone.put({value, std::string(size, 'x')});
    }
    mp::Queue<mp::Queue<int>> many;
    EXPECT_EQ(many.put_many(std::vector(3, value)), 3U);
    static_cast<void>(many.get());
    EXPECT_GT(open_descriptors(), before + 6 * 3);
  }
  EXPECT_TRUE(eventually([&] { return open_descriptors() == before; }));
}

// C7: another process may still get the value.
TEST_F(QueueOfHandles, KeepsThoseOfAQueueThatHasBeenSent) {
  mp::Queue<mp::Queue<mp::Queue<int>>> queues;
  mp::Queue<int> value;
  {
    mp::Queue<mp::Queue<int>> inner;
    queues.put(inner);
    inner.put(value);
  }
  queues.get().get().put(7);
  EXPECT_EQ(value.get(), 7);
}

// C7: likewise a child that has been forked.
TEST_F(QueueOfHandles, KeepsThoseOfAQueueThatAForkedChildHas) {
  mp::Queue<int> value;
  std::optional<mp::Queue<mp::Queue<int>>> queue(std::in_place);
  const progeny::testing::OwnPipe go;
  progeny::testing::ForkedChild child([&] {
    char byte = 0;
    static_cast<void>(::read(go.read_end.get(), &byte, 1));
    queue->get().put(8);
    return 0;
  });
  queue->put(value);
  queue.reset();
  EXPECT_EQ(::write(go.write_end.get(), ".", 1), 1);
  EXPECT_EQ(value.get(), 8);
  EXPECT_EQ(child.wait(), 0);
}

TEST_F(QueueOfHandles, KeepsNoneForAValueThatCannotBePut) {
  queue().close();
  const std::size_t before = open_descriptors();
  EXPECT_THROW(queue().put(lock()), progeny::ValueError);
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
