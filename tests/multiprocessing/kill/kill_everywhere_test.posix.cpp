// A process is killed at each of its instructions while it puts or gets.

#include "multiprocessing/queues/block_pool.hpp"
#include "multiprocessing/queues/call_limit.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "platform/memory/anonymous_memory.hpp"
#include "support/faults/single_step.posix.hpp"
#include "support/system/process_facts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace progeny::testing {

namespace {

using namespace std::chrono_literals;
using multiprocessing::detail::BlockPool;
using multiprocessing::detail::CallLimit;
using multiprocessing::detail::MessageBatch;
using multiprocessing::detail::MessageLog;
using multiprocessing::detail::MessageView;
using multiprocessing::detail::QueueMessage;
using Sizes = std::vector<std::size_t>;

// Four messages of this size fill a block, and leave less than `not_fitting` bytes.
constexpr std::size_t quarter = 32'000;
constexpr std::size_t not_fitting = 4'000;
// The shortest message that has a block of its own.
constexpr std::size_t large = BlockPool::unit / 4 + 1;

// A text that no other number has, so that a part that is missing or belongs to another message is
// noticed.
std::string text_of(std::size_t number, std::size_t size) {
  static const std::string long_pattern = pattern(BlockPool::unit);
  const std::string text = fmt::format("{}:", number);
  return size < text.size() ? text : text + long_pattern.substr(number, size - text.size());
}

// What is in the log before, and what the process that is killed does to it.
struct Operation {
  Sizes before = {};      ///< Sizes of the messages that have been put.
  std::size_t got = 0;    ///< How many of them were got again.
  Sizes puts = {};        ///< Those that the operation puts.
  std::size_t gets = 0;   ///< How many it gets.
  bool is_batch = false;  ///< By `get_many`.
  bool is_member = true;  ///< Whether the process has joined the roster before.
};

bool get_one(MessageLog& log, std::string& text) {
  QueueMessage message;
  CallLimit wait;
  if (log.get(message, wait) == 0) {
    return false;
  }
  text = message.bytes();
  return true;
}

std::vector<std::string> drained(MessageLog& log) {
  std::vector<std::string> texts;
  for (std::string text; get_one(log, text);) {
    texts.push_back(text);
  }
  return texts;
}

class LogScene : public Scene {
 public:
  explicit LogScene(const Operation& operation) : operation_(operation) {
    put(numbered(operation.before));
    for (std::size_t i = 0; i < operation.got; ++i) {
      std::string text;
      EXPECT_TRUE(get_one(*log_, text));
    }
    to_put_ = numbered(operation.puts);
  }

  void prepare() override {
    if (operation_.is_member) {
      static_cast<void>(log_->roster().me());
    }
  }

  void operate() override {
    put(to_put_);
    if (operation_.is_batch) {
      MessageBatch batch;
      CallLimit wait;
      static_cast<void>(log_->get_many(batch, operation_.gets, wait));
    } else {
      std::string text;
      for (std::size_t i = 0; i < operation_.gets; ++i) {
        static_cast<void>(get_one(*log_, text));
      }
    }
  }

  void check(bool is_done) override {
    const auto begin = std::chrono::steady_clock::now();
    const std::string last = text_of(next_number_++, 10);
    put({last});
    std::vector<std::string> texts = drained(*log_);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
    ASSERT_FALSE(texts.empty());
    EXPECT_EQ(texts.back(), last);
    texts.pop_back();
    expect_messages_of_the_dead(texts, is_done);
    expect_that_no_memory_is_lost();
  }

  // The tables, not the messages: no process looks at messages that are not in the log.
  [[nodiscard]] std::span<const std::byte> shared() const override {
    return {log_->region()->data(), std::size_t{8} << 10};
  }

 private:
  [[nodiscard]] std::vector<std::string> numbered(const Sizes& sizes) {
    std::vector<std::string> texts;
    texts.reserve(sizes.size());
    for (const std::size_t size : sizes) {
      texts.push_back(text_of(next_number_++, size));
    }
    return texts;
  }

  void put(const std::vector<std::string>& texts) const {
    std::vector<MessageView> messages(texts.size());
    std::ranges::transform(
        texts, messages.begin(), [](const std::string& text) { return MessageView{.body = text}; });
    CallLimit wait;
    for (std::span<const MessageView> rest = messages; !rest.empty();) {
      rest = rest.subspan(log_->put(rest, 0, wait));
    }
  }

  // Some of the first messages that were there before are gone, and some of the first that the dead
  // process was to put are there.
  void expect_messages_of_the_dead(const std::vector<std::string>& texts, bool is_done) const {
    const std::size_t left = operation_.before.size() - operation_.got;
    std::size_t missing = 0;
    while (missing < operation_.gets &&
           (texts.empty() || texts.front() != text_before(operation_.got + missing))) {
      ++missing;
    }
    std::vector<std::string> expected;
    for (std::size_t i = operation_.got + missing; i < operation_.before.size(); ++i) {
      expected.push_back(text_before(i));
    }
    const std::size_t put = texts.size() - std::min(texts.size(), left - missing);
    ASSERT_LE(put, to_put_.size());
    expected.insert(expected.end(), to_put_.begin(), to_put_.begin() + static_cast<long>(put));
    EXPECT_TRUE(texts == expected) << "torn, or in the wrong order";
    if (is_done) {
      EXPECT_EQ(missing, operation_.gets);
      EXPECT_EQ(put, to_put_.size());
    }
  }

  [[nodiscard]] std::string text_before(std::size_t number) const {
    return text_of(number, operation_.before[number]);
  }

  // All blocks but the last of the log can be used again, and a new one follows the others
  // directly.
  void expect_that_no_memory_is_lost() {
    put(numbered(Sizes(4, quarter)));  // From here on there is room in the log's last block.
    static_cast<void>(drained(*log_));
    const std::size_t tables = MessageLog::size_of_tables();
    const BlockPool pool(log_->region(), tables - BlockPool::size_of_tables());
    const BlockPool::Index blocks = pool.count();
    for (BlockPool::Index i = 1; i < blocks; ++i) {
      put({text_of(next_number_, large)});
    }
    EXPECT_EQ(pool.count(), blocks) << "a block is lost";
    put({text_of(next_number_, large)});
    EXPECT_EQ(platform::size_of_anonymous_memory(log_->region()->handle()),
              tables + (blocks + 1) * BlockPool::unit)
        << "memory is lost";
    EXPECT_EQ(drained(*log_).size(), blocks);
  }

  const Operation& operation_;
  std::shared_ptr<MessageLog> log_ = MessageLog::make();
  std::size_t next_number_ = 0;
  std::vector<std::string> to_put_;
};

void kill_everywhere_in(const Operation& operation) {
  kill_everywhere([&] { return std::make_unique<LogScene>(operation); });
}

TEST(KilledWhilePutting, ASmallMessage) {
  kill_everywhere_in({.before = {10, 20}, .puts = {30}});
}

TEST(KilledWhilePutting, TheFirstMessageOfAProcess) {
  kill_everywhere_in({.before = {10, 20}, .puts = {30}, .is_member = false});
}

TEST(KilledWhilePutting, WhatNeedsANewBlock) {
  kill_everywhere_in({.before = {quarter, quarter, quarter, quarter}, .puts = {not_fitting}});
}

TEST(KilledWhilePutting, WhatNeedsABlockThatIsFree) {
  kill_everywhere_in({.before = Sizes(8, quarter), .got = 5, .puts = {not_fitting}});
}

TEST(KilledWhilePutting, ALargeMessage) {
  kill_everywhere_in({.before = {10, 20}, .puts = {large}});
}

TEST(KilledWhilePutting, ALargeMessageToWhichANewBlockRefers) {
  kill_everywhere_in({.before = {quarter, quarter, quarter, quarter, 3'016}, .puts = {large}});
}

TEST(KilledWhilePutting, ManyMessages) {
  kill_everywhere_in({.before = {10}, .puts = {20, 0, 40}});
}

TEST(KilledWhilePutting, ManyMessagesThatNeedANewBlock) {
  kill_everywhere_in(
      {.before = {quarter, quarter, quarter, quarter}, .puts = {20, not_fitting, 30}});
}

TEST(KilledWhileGetting, ASmallMessage) {
  kill_everywhere_in({.before = {10, 20, 30}, .gets = 1});
}

TEST(KilledWhileGetting, TheFirstMessageOfTheNextBlock) {
  kill_everywhere_in(
      {.before = {quarter, quarter, quarter, quarter, not_fitting, 10}, .got = 4, .gets = 1});
}

TEST(KilledWhileGetting, ALargeMessage) {
  kill_everywhere_in({.before = {large, 20, large}, .gets = 1});
}

TEST(KilledWhileGetting, ManyMessages) {
  kill_everywhere_in({.before = {10, 20, 0, 30}, .gets = 3, .is_batch = true});
}

TEST(KilledWhileGetting, ManyMessagesOfTwoBlocks) {
  kill_everywhere_in({.before = {quarter, quarter, quarter, quarter, not_fitting, 10},
                      .got = 3,
                      .gets = 2,
                      .is_batch = true});
}

TEST(KilledWhileGetting, WhereThereIsNothing) {
  kill_everywhere_in({.before = {10}, .got = 1, .gets = 1});
}

}  // namespace

}  // namespace progeny::testing
