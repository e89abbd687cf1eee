// Using the damaged memory of a queue is an error, and neither a crash nor a hang.

#include "multiprocessing/queues/log_facts.hpp"
#include "multiprocessing/queues/message_log.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace progeny::testing {

namespace {

using multiprocessing::detail::BlockPool;
using multiprocessing::detail::BlockState;
using multiprocessing::detail::CallLimit;
using multiprocessing::detail::LargeRecord;
using multiprocessing::detail::LogEnd;
using multiprocessing::detail::MessageBatch;
using multiprocessing::detail::MessageLog;
using multiprocessing::detail::MessageView;
using multiprocessing::detail::QueueMessage;
using Damage = std::function<void(MessageLog&)>;

void change(std::atomic<std::uint64_t>& word, const std::function<void(LogEnd&)>& how) {
  LogEnd end = LogEnd::unpacked(word.load());
  how(end);
  word.store(end.packed());
}

void set_next_mark(const MessageLog& log, std::uint64_t mark) {
  std::memcpy(next_mark(log), &mark, sizeof mark);
}

void set_next_record(const MessageLog& log, const LargeRecord& record) {
  std::memcpy(next_mark(log) + multiprocessing::detail::mark_size, &record, sizeof record);
}

void expect_damaged(const char* what, const Damage& damage, const Damage& use) {
  SCOPED_TRACE(what);
  const auto log = used_log();
  damage(*log);
  try {
    use(*log);
    ADD_FAILURE() << "nothing was noticed";
  } catch (const OSError& error) {
    EXPECT_EQ(error.code(), std::errc::bad_message);
    const std::string said = error.what();
    EXPECT_NE(said.find("the memory of a queue is damaged"), std::string::npos) << said;
  }
}

struct Case {
  const char* what;
  Damage damage;
};

constexpr std::uint64_t beyond_the_memory = std::uint64_t{8} << 30;
constexpr std::uint64_t beyond_all = std::uint64_t{1} << 60;

const std::array damages_that_getting_sees{
    Case{"the head in a block that is none",
         [](MessageLog& log) { change(header_of(log).head, [](auto& end) { end.block = 77; }); }},
    Case{"the head behind the end of its block",
         [](MessageLog& log) {
           change(header_of(log).head, [](auto& end) { end.offset = BlockPool::unit + 8; });
         }},
    Case{"the head before the tail",
         [](MessageLog& log) { change(header_of(log).head, [](auto& end) { end.count += 100; }); }},
    Case{"two ends of one number",
         [](MessageLog& log) {
           const LogEnd head = LogEnd::unpacked(header_of(log).head.load());
           change(header_of(log).tail, [&](auto& end) { end.count = head.count; });
           header_of(log).tail_seen = header_of(log).tail.load();
         }},
    Case{"all ones", [](MessageLog& log) { header_of(log).head = ~std::uint64_t{0}; }},
    Case{"no mark", [](MessageLog& log) { set_next_mark(log, 0); }},
    Case{"a message that is too long",
         [](MessageLog& log) { set_next_mark(log, multiprocessing::detail::is_small | 0x20000); }},
    Case{"an end of the block without a next one",
         [](MessageLog& log) {
           set_next_mark(log, multiprocessing::detail::is_end_of_block);
           entry_of(log, 0).next = BlockPool::none;
         }},
    Case{"a block that follows itself",
         [](MessageLog& log) {
           set_next_mark(log, multiprocessing::detail::is_end_of_block);
           entry_of(log, 0).next = 0;
         }},
    Case{"a block of the log beyond the memory",
         [](MessageLog& log) { entry_of(log, 0).offset = beyond_the_memory; }},
    Case{"a block of the log beyond all",
         [](MessageLog& log) { entry_of(log, 0).offset = beyond_all; }},
    Case{"a record of another size",
         [](MessageLog& log) { set_next_mark(log, multiprocessing::detail::is_large | 8); }},
    Case{"a record of a block that is none",
         [](MessageLog& log) { set_next_record(log, {.size = 5, .block = 0x7fffffff}); }},
    Case{"a record of a block of the log",
         [](MessageLog& log) { set_next_record(log, {.size = 5, .block = 0}); }},
    Case{"a record of a larger message",
         [](MessageLog& log) { set_next_record(log, {.size = beyond_all, .block = 1}); }},
    Case{"a large message beyond the memory",
         [](MessageLog& log) { entry_of(log, 1).offset = beyond_the_memory; }},
    Case{"a large message of another number", [](MessageLog& log) {
           entry_of(log, 1).state =
               BlockState{.kind = BlockState::Kind::queued, .sequence = 9}.packed();
         }}};

TEST(DamagedLog, IsAnErrorToGetFrom) {
  for (const Case& each : damages_that_getting_sees) {
    expect_damaged(each.what, each.damage, [](MessageLog& log) {
      std::string text;
      static_cast<void>(get_text(log, text));
    });
  }
}

const std::array damages_that_putting_sees{
    Case{"the tail in a block that is none",
         [](MessageLog& log) { change(header_of(log).tail, [](auto& end) { end.block = 77; }); }},
    Case{"the tail behind the end of its block",
         [](MessageLog& log) {
           change(header_of(log).tail, [](auto& end) { end.offset = BlockPool::unit + 8; });
         }},
    Case{"the tail before the head",
         [](MessageLog& log) {
           change(header_of(log).tail, [](auto& end) { end.count -= 100; });
           header_of(log).head_seen = header_of(log).head.load();
         }},
    Case{"all ones", [](MessageLog& log) { header_of(log).tail = ~std::uint64_t{0}; }},
    Case{"a last block beyond the memory",
         [](MessageLog& log) { entry_of(log, 2).offset = beyond_the_memory; }},
    Case{"a last block that is larger than the memory",
         [](MessageLog& log) { entry_of(log, 2).size = beyond_all; }}};

TEST(DamagedLog, IsAnErrorToPutInto) {
  for (const std::size_t size : {std::size_t{5}, large_size}) {
    for (const Case& each : damages_that_putting_sees) {
      expect_damaged(each.what, each.damage, [size](MessageLog& log) {
        static_cast<void>(put_text(log, std::string(size, 'x')));
      });
    }
  }
}

TEST(DamagedLog, HasNoMoreBlocksThanThereCanBe) {
  expect_damaged(
      "too many blocks",
      [](MessageLog& log) { blocks_of(log).blocks = ~std::uint32_t{0}; },
      [](MessageLog& log) { static_cast<void>(put_text(log, std::string(large_size, 'x'))); });
}

TEST(DamagedLog, GivesWhatIsBeforeTheDamage) {
  const auto log = MessageLog::make();
  const std::vector<std::string> texts{"one", "two", "three"};
  for (const auto& text : texts) {
    EXPECT_TRUE(put_text(*log, text));
  }
  const LogEnd tail = LogEnd::unpacked(header_of(*log).tail.load());
  EXPECT_TRUE(put_text(*log, "four"));
  const std::uint64_t zeros = 0;
  std::memcpy(pool_of(*log).data(tail.block) + tail.offset, &zeros, sizeof zeros);
  MessageBatch batch;
  EXPECT_EQ(get_from(*log, batch, 10), 3U);
  ASSERT_EQ(batch.size(), 3U);
  EXPECT_EQ(batch[2].body, "three");
  EXPECT_EQ(batch.size_in_bytes(), std::string_view("onetwothree").size());
  EXPECT_THROW(static_cast<void>(get_from(*log, batch, 10)), OSError);
  EXPECT_EQ(log->size(), 1U);
}

// D1: whatever is in the word of a lock, a call ends by its limit. What names no living process is
// no owner at all.
TEST(DamagedLog, WithGarbageInALockKeepsNoCallBeyondItsLimit) {
  constexpr std::uint32_t waited_for = std::uint32_t{1} << 31;
  constexpr std::uint32_t reserved = std::uint32_t{1} << 30;
  const std::uint32_t me = used_log()->roster().me();
  const std::uint32_t never_claimed = 4000;
  for (const std::uint32_t owner : {0U, me, me + 1, me ^ (1U << 29), never_claimed, 1U, ~0U}) {
    for (const std::uint32_t marks : {0U, waited_for, reserved, waited_for | reserved}) {
      SCOPED_TRACE(owner | marks);
      const auto log = used_log();
      word_of(header_of(*log).put_lock) = owner | marks;
      word_of(header_of(*log).get_lock) = owner | marks;
      const auto begin = std::chrono::steady_clock::now();
      const MessageView message{.body = "more"};
      QueueMessage got;
      MessageBatch batch;
      CallLimit put(std::chrono::milliseconds(1));
      CallLimit get(std::chrono::milliseconds(1));
      const bool is_held = (owner & ~(waited_for | reserved)) == me;
      EXPECT_EQ(log->put(std::span(&message, 1), 0, put), is_held ? 0U : 1U);
      EXPECT_EQ(log->get(got, get) == 0, is_held);
      static_cast<void>(log->get_many(batch, 1, get));
      EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
    }
  }
}

}  // namespace

}  // namespace progeny::testing
