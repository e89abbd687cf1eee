// A process that uses a queue is killed while others sleep until it does something, or while it
// sleeps itself. A process that misses a wake-up looks again after some time. Waiting for that at
// each instruction would take too long, so these tests kill only after instructions whose effect
// others can see.

#include "multiprocessing/queues/message_log.hpp"
#include "multiprocessing/synchronize/asleep.posix.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/single_step.posix.hpp"

#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <poll.h>

namespace progeny::testing {

namespace {

using namespace std::chrono_literals;
using multiprocessing::detail::ClosedQueue;
using multiprocessing::detail::MessageLog;
using multiprocessing::detail::QueueCore;
using multiprocessing::detail::QueueMessage;
using multiprocessing::detail::Roster;
using Clock = std::chrono::steady_clock;
using Numbers = std::vector<int>;

// The timeout of a wait that is to end soon.
constexpr auto a_little = 20ms;

class QueueScene : public Scene {
 public:
  explicit QueueScene(std::ptrdiff_t maxsize)
      : queue_(QueueCore::make(maxsize, ClosedQueue::is_value_error)), log_(log_of(*queue_)) {}
  void prepare() override { static_cast<void>(log_->roster().me()); }
  [[nodiscard]] std::span<const std::byte> shared() const override {
    return {log_->region()->data(), std::size_t{8} << 10};
  }

 protected:
  [[nodiscard]] QueueCore& queue() const { return *queue_; }

  // Returns whether there was room.
  [[nodiscard]] bool put(int number, const Timeout& timeout = 1s) const {
    try {
      queue_->put(multiprocessing::detail::FlatMessage(number).view(), timeout);
      return true;
    } catch (const multiprocessing::Full&) {
      return false;
    }
  }
  // Returns -1 if there was nothing.
  [[nodiscard]] int get(const Timeout& timeout = 1s) const {
    QueueMessage message;
    try {
      queue_->get(message, timeout);
      return message.decode<int>();
    } catch (const multiprocessing::Empty&) {
      return -1;
    }
  }
  [[nodiscard]] Numbers drained() const {
    Numbers numbers;
    for (int number = get(0s); number != -1; number = get(0s)) {
      numbers.push_back(number);
    }
    return numbers;
  }
  // Runs `body` in a process of its own. That sleeps when this returns.
  void let_sleep(const std::function<int()>& body) {
    sleeper_.emplace(body);
    ASSERT_TRUE(await_sleep(sleeper_->pid()));
  }
  int awaited() {
    const auto begin = Clock::now();
    const int result = sleeper_->wait();
    EXPECT_LT(Clock::now() - begin, 1s);
    return result;
  }
  void expect_to_work() const {
    EXPECT_TRUE(put(50));
    EXPECT_EQ(get(), 50);
  }

 private:
  // Opens the memory of the queue, which the queue itself does not show.
  static std::shared_ptr<MessageLog> log_of(const QueueCore& queue) {
    serial::Writer writer;
    queue.save(writer);
    return MessageLog::attach(writer.handles()[1], Roster::own());
  }

  std::shared_ptr<QueueCore> queue_;
  std::shared_ptr<MessageLog> log_;
  std::optional<ForkedChild> sleeper_;
};

// No process dies: two sleep until there is room, and one ring wakes both, one after the other.
TEST(Sleepers, PassTheNewsOfRoomOn) {
  const auto begin = Clock::now();
  for (int round = 0; round < 5; ++round) {
    multiprocessing::Queue<int> queue(2);
    queue.put_many(Numbers{0, 1});
    const auto put = [&] {
      queue.put(2, true, 60s);
      return 0;
    };
    ForkedChild first(put);
    ForkedChild second(put);
    ASSERT_TRUE(await_sleep(first.pid()) && await_sleep(second.pid()));
    EXPECT_EQ(queue.get_many(2), (Numbers{0, 1}));
    EXPECT_EQ(first.wait(), 0);
    EXPECT_EQ(second.wait(), 0);
  }
  EXPECT_LT(Clock::now() - begin, 600ms)
      << "a process has slept until it looked again by the clock";
}

class PutScene : public QueueScene {
 public:
  PutScene() : QueueScene(0) {}
  void operate() override { static_cast<void>(put(1)); }
  void begin(int /*pid*/) override {
    let_sleep([this] { return get(60s); });
  }
  void check(bool is_done) override {
    EXPECT_TRUE(put(2));
    const int got = awaited();
    const Numbers left = drained();
    EXPECT_TRUE((got == 1 && left == Numbers{2}) || (got == 2 && left.empty() && !is_done)) << got;
  }
};

TEST(KilledWhileOthersSleep, HasPutOrLeavesThemToTheNextProducer) {
  kill_everywhere([] { return std::make_unique<PutScene>(); }, Moments::told);
}

class GetScene : public QueueScene {
 public:
  GetScene() : QueueScene(1) { EXPECT_TRUE(put(1)); }
  void operate() override { static_cast<void>(get()); }
  void begin(int /*pid*/) override {
    let_sleep([this] { return put(2, 60s) ? 0 : 1; });
  }
  void check(bool is_done) override {
    const int first = get();
    EXPECT_TRUE(first == 2 || (first == 1 && !is_done && get() == 2)) << first;
    EXPECT_EQ(awaited(), 0);
    expect_to_work();
  }
};

TEST(KilledWhileOthersSleep, HasMadeRoomOrLeavesItToTheNext) {
  kill_everywhere([] { return std::make_unique<GetScene>(); }, Moments::told);
}

// The process that is killed tries to put or get in vain until a timeout.
class VainScene : public QueueScene {
 public:
  VainScene(bool is_put, Timeout timeout) : QueueScene(1), is_put_(is_put), timeout_(timeout) {
    if (is_put_) {
      EXPECT_TRUE(put(1));
    }
  }
  void operate() override {
    is_put_ ? static_cast<void>(put(2, timeout_)) : static_cast<void>(get(timeout_));
  }
  void check(bool /*is_done*/) override {
    EXPECT_EQ(drained(), is_put_ ? Numbers{1} : Numbers());
    // Another process that sleeps is woken all the same.
    let_sleep([this] { return get(60s); });
    EXPECT_TRUE(put(3));
    EXPECT_EQ(awaited(), 3);
    EXPECT_TRUE(put(4));
    let_sleep([this] { return put(5, 60s) ? 0 : 1; });
    EXPECT_EQ(get(), 4);
    EXPECT_EQ(awaited(), 0);
    EXPECT_EQ(get(), 5);
  }

 private:
  bool is_put_;
  Timeout timeout_;
};

TEST(KilledWhileItSleeps, LeavesAFullQueueToOthers) {
  kill_everywhere([] { return std::make_unique<VainScene>(true, a_little); }, Moments::told);
}

TEST(KilledWhileItSleeps, LeavesAnEmptyQueueToOthers) {
  kill_everywhere([] { return std::make_unique<VainScene>(false, a_little); }, Moments::told);
}

TEST(KilledWhilePutting, IntoAFullQueueInNoTime) {
  kill_everywhere([] { return std::make_unique<VainScene>(true, 0s); }, Moments::told);
}

// The process that is killed is woken for one of two messages. Another process sleeps for them,
// too.
class WokenScene : public QueueScene {
 public:
  WokenScene() : QueueScene(0) {}
  void operate() override { static_cast<void>(get(60s)); }
  void begin(int pid) override {
    let_sleep([this] { return get(60s); });
    putter_.emplace([this, pid] { return await_sleep(pid) && put(1) && put(2) ? 0 : 1; });
  }
  void check(bool is_done) override {
    putter_->kill();
    static_cast<void>(putter_->wait());
    EXPECT_TRUE(put(3));
    const int got = awaited();
    const Numbers left = drained();
    EXPECT_TRUE(got == 1 || got == 2 || got == 3) << got;
    if (is_done) {
      EXPECT_EQ(left, Numbers{3});
    }
  }

 private:
  std::optional<ForkedChild> putter_;
};

TEST(KilledWhenItIsWoken, LeavesWhatItWasWokenForToOthers) {
  kill_everywhere([] { return std::make_unique<WokenScene>(); }, Moments::told);
}

// Others poll the handle, and call `fileno` anew each time.
class PolledScene : public QueueScene {
 public:
  explicit PolledScene(bool is_put) : QueueScene(0), is_put_(is_put) {
    EXPECT_FALSE(is_ready());
    if (!is_put_) {
      EXPECT_TRUE(put(1));
    }
  }
  void operate() override { is_put_ ? static_cast<void>(put(1)) : static_cast<void>(get()); }
  void check(bool is_done) override {
    EXPECT_FALSE(is_done && queue().empty() == is_put_);
    if (!queue().empty()) {
      EXPECT_TRUE(is_ready()) << "there is a message, and the handle does not say so";
      EXPECT_NE(get(0s), -1);
    }
    EXPECT_EQ(get(0s), -1);
    EXPECT_FALSE(is_ready()) << "there is no message, and the handle says there is";
    expect_to_work();
  }

 private:
  [[nodiscard]] bool is_ready() const {
    pollfd handle{.fd = queue().fileno(), .events = POLLIN, .revents = 0};
    return ::poll(&handle, 1, 0) == 1;
  }

  bool is_put_;
};

TEST(KilledWhileOthersPoll, HasPutAndTheHandleSaysSo) {
  kill_everywhere([] { return std::make_unique<PolledScene>(true); }, Moments::told);
}

TEST(KilledWhileOthersPoll, HasGotAndTheHandleSaysSo) {
  kill_everywhere([] { return std::make_unique<PolledScene>(false); }, Moments::told);
}

}  // namespace

}  // namespace progeny::testing
