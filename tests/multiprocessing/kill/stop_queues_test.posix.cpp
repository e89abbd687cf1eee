// A process is stopped at each of its instructions while it puts or gets. It costs the others at
// most their own timeouts, and when it goes on, so does everything else.

#include "multiprocessing/queues/message_log.hpp"
#include "support/faults/single_step.posix.hpp"

#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/multiprocessing/queues/simple_queue.hpp>
#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <poll.h>

namespace progeny::testing {

namespace {

using namespace std::chrono_literals;
using multiprocessing::Empty;
using multiprocessing::Full;
using multiprocessing::detail::ClosedQueue;
using multiprocessing::detail::MessageLog;
using multiprocessing::detail::QueueCore;
using multiprocessing::detail::Roster;
using Clock = std::chrono::steady_clock;
using Texts = std::vector<std::string>;

// Far above what a call may take, and far below "for ever".
constexpr auto in_time = 2s;

// Shows its core, and with it its memory.
class OpenQueue : public multiprocessing::JoinableQueue<std::string> {
 public:
  using multiprocessing::JoinableQueue<std::string>::JoinableQueue;
  [[nodiscard]] std::shared_ptr<MessageLog> log() const {
    serial::Writer writer;
    core().save(writer);
    return MessageLog::attach(writer.handles()[1], Roster::own());
  }
};

// What is in the queue before, and what the process does that is stopped.
struct Deed {
  std::ptrdiff_t maxsize = 0;
  std::size_t before = 0;  ///< How many messages there are.
  std::size_t size = 8;    ///< Of each message.
  std::size_t puts = 0;    ///< How many the process puts.
  std::size_t gets = 0;    ///< How many it gets.
  bool is_batch = false;   ///< Whether it does that at once.
};

class StoppedScene : public Scene {
 public:
  explicit StoppedScene(const Deed& deed) : deed_(deed), queue_(deed.maxsize) {
    for (std::size_t i = 0; i < deed.before; ++i) {
      queue_.put(text_of(i));
    }
    static_cast<void>(queue_.fileno());
  }

  void prepare() override {
    static_cast<void>(log_->roster().me());
    for (std::size_t i = 0; i < deed_.puts; ++i) {
      to_put_.push_back(text_of(100 + i));
    }
  }

  void operate() override {
    if (deed_.is_batch) {
      static_cast<void>(queue_.put_many(to_put_));
      static_cast<void>(queue_.get_many(deed_.gets));
    } else {
      for (const std::string& text : to_put_) {
        queue_.put(text);
      }
      for (std::size_t i = 0; i < deed_.gets; ++i) {
        static_cast<void>(queue_.get());
      }
    }
  }

  void while_stopped() override {
    const auto begin = Clock::now();
    // Room and messages for both: the process is not to wait for what this one has taken.
    put(200, false, {});
    put(201, true, 10ms);
    get(false, {});
    get(true, 10ms);
    static_cast<void>(queue_.empty());
    static_cast<void>(queue_.full());
    static_cast<void>(queue_.qsize());
    try {
      expected_ += queue_.put_many(Texts{text_of(202), text_of(203)}, {.timeout = 10ms});
      got_ += queue_.get_many(1, {.timeout = 10ms}).size();
    } catch (const Empty&) {
    }
    static_cast<void>(queue_.join(10ms));
    pollfd handle{.fd = queue_.fileno(), .events = POLLIN, .revents = 0};
    static_cast<void>(::poll(&handle, 1, 0));
    EXPECT_LT(Clock::now() - begin, in_time);
  }

  // Each message that was put is got once, whole, and each process's in their order.
  void check(bool is_done) override {
    if (!is_done) {
      return;  // From a look at the moments.
    }
    pollfd handle{.fd = queue_.fileno(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&handle, 1, 0) == 1, !queue_.empty());
    Texts rest;
    while (!queue_.empty()) {
      rest.push_back(queue_.get_nowait());
    }
    const std::size_t by_other = deed_.is_batch ? 0 : deed_.gets;
    EXPECT_GE(deed_.before + deed_.puts + expected_, rest.size() + got_ + by_other);
    EXPECT_LE(deed_.before + deed_.puts + expected_, rest.size() + got_ + deed_.gets);
    std::vector<std::size_t> last(3, 0);
    for (const std::string& text : rest) {
      const auto number = static_cast<std::size_t>(std::stoi(text));
      EXPECT_TRUE(text == text_of(number)) << "torn";
      EXPECT_GE(number + 1, last.at(number / 100));
      last.at(number / 100) = number + 2;
    }
    queue_.put("after");
    EXPECT_EQ(queue_.get(), "after");
  }

  [[nodiscard]] std::span<const std::byte> shared() const override {
    return {log_->region()->data(), std::size_t{8} << 10};
  }

 private:
  [[nodiscard]] std::string text_of(std::size_t number) const {
    std::string text = std::to_string(number) + ' ';
    return text + std::string(std::max(deed_.size, text.size()) - text.size(),
                              static_cast<char>('a' + number % 20));
  }
  void put(std::size_t number, bool block, const Timeout& timeout) {
    try {
      queue_.put(text_of(number), block, timeout);
      ++expected_;
    } catch (const Full&) {
    }
  }
  void get(bool block, const Timeout& timeout) {
    try {
      static_cast<void>(queue_.get(block, timeout));
      ++got_;
    } catch (const Empty&) {
    }
  }

  const Deed& deed_;
  OpenQueue queue_;
  std::shared_ptr<MessageLog> log_ = queue_.log();
  Texts to_put_;
  std::size_t expected_ = 0;  // What this process has put.
  std::size_t got_ = 0;       // What it has got.
};

void stop_everywhere_in(const Deed& deed) {
  stop_everywhere([&] { return std::make_unique<StoppedScene>(deed); }, Moments::told);
}

// D1
TEST(StoppedWhilePutting, ASmallMessage) {
  stop_everywhere_in({.before = 4, .puts = 2});
}

// D1
TEST(StoppedWhilePutting, IntoTheLastRoom) {
  stop_everywhere_in({.maxsize = 5, .before = 4, .puts = 1});
}

// D1
TEST(StoppedWhilePutting, ALargeMessage) {
  stop_everywhere_in({.before = 4, .size = 40'000, .puts = 1});
}

// D1
TEST(StoppedWhilePutting, ManyMessages) {
  stop_everywhere_in({.before = 4, .size = 3'000, .puts = 4, .is_batch = true});
}

// D1
TEST(StoppedWhileGetting, ASmallMessage) {
  stop_everywhere_in({.before = 8, .gets = 2});
}

// D1
TEST(StoppedWhileGetting, FromAFullQueue) {
  stop_everywhere_in({.maxsize = 5, .before = 5, .gets = 1});
}

// D1
TEST(StoppedWhileGetting, ALargeMessage) {
  stop_everywhere_in({.before = 8, .size = 40'000, .gets = 1});
}

// D1
TEST(StoppedWhileGetting, ManyMessages) {
  stop_everywhere_in({.before = 8, .size = 3'000, .gets = 2, .is_batch = true});
}

}  // namespace

}  // namespace progeny::testing
