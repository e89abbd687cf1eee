#pragma once

// What tests do with a MessageLog, and where things lie in its memory.

#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/queues/block_pool.hpp"
#include "multiprocessing/queues/call_limit.hpp"
#include "multiprocessing/queues/log_record.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "multiprocessing/queues/message_log_layout.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::testing {

/// The shortest message that has a block of its own.
inline constexpr std::size_t large_size = multiprocessing::detail::BlockPool::unit / 4 + 1;
/// Four messages of this size fill a block but for some 3 KiB.
inline constexpr std::size_t quarter_size = 32'000;

/// The limit of each call below. Only damage makes one wait at all.
inline std::chrono::milliseconds longest_call{20'000};

/// Puts a text. Returns false if there is no room.
inline bool put_text(multiprocessing::detail::MessageLog& log, std::string_view text) {
  const multiprocessing::detail::MessageView message{.body = text};
  multiprocessing::detail::CallLimit wait(longest_call);
  return log.put(std::span(&message, 1), 0, wait) == 1;
}

/// Gets a message. Returns how many there were.
inline std::size_t get_from(multiprocessing::detail::MessageLog& log,
                            multiprocessing::detail::QueueMessage& message) {
  multiprocessing::detail::CallLimit wait(longest_call);
  return log.get(message, wait);
}

/// Gets a batch. Returns how many.
inline std::size_t get_from(multiprocessing::detail::MessageLog& log,
                            multiprocessing::detail::MessageBatch& batch,
                            std::size_t most) {
  multiprocessing::detail::CallLimit wait(longest_call);
  return log.get_many(batch, most, wait);
}

/// Gets a text. Returns false if there is none.
inline bool get_text(multiprocessing::detail::MessageLog& log, std::string& text) {
  multiprocessing::detail::QueueMessage message;
  if (get_from(log, message) == 0) {
    return false;
  }
  text = message.bytes();
  return true;
}

/// Gets all texts.
inline std::vector<std::string> drained(multiprocessing::detail::MessageLog& log) {
  std::vector<std::string> texts;
  for (std::string text; get_text(log, text);) {
    texts.push_back(text);
  }
  return texts;
}

/// Where the tables of the blocks begin.
inline std::size_t offset_of_pool() {
  using multiprocessing::detail::BlockPool;
  return multiprocessing::detail::MessageLog::size_of_tables() - BlockPool::size_of_tables();
}

/// The blocks of a log.
inline multiprocessing::detail::BlockPool pool_of(const multiprocessing::detail::MessageLog& log) {
  return {log.region(), offset_of_pool()};
}

/// What the tables of the blocks begin with.
inline multiprocessing::detail::BlockPool::Header& blocks_of(
    const multiprocessing::detail::MessageLog& log) {
  return log.region()->at<multiprocessing::detail::BlockPool::Header>(offset_of_pool());
}

/// What the tables say of a block.
inline multiprocessing::detail::BlockPool::Entry& entry_of(
    const multiprocessing::detail::MessageLog& log,
    multiprocessing::detail::BlockPool::Index block) {
  using multiprocessing::detail::BlockPool;
  return log.region()->at<BlockPool::Entry>(offset_of_pool() + BlockPool::size_of_header +
                                            block * sizeof(BlockPool::Entry));
}

/// What the memory of a log begins with: its ends.
inline multiprocessing::detail::LogHeader& header_of(
    const multiprocessing::detail::MessageLog& log) {
  return log.region()->at<multiprocessing::detail::LogHeader>(0);
}

/// A log in blocks 0 and 2. The next message to be got is a large one in block 1.
inline std::shared_ptr<multiprocessing::detail::MessageLog> used_log() {
  auto log = multiprocessing::detail::MessageLog::make();
  EXPECT_TRUE(put_text(*log, "first"));
  EXPECT_TRUE(put_text(*log, std::string(large_size, 'l')));
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(put_text(*log, std::string(quarter_size, 'q')));
  }
  std::string text;
  EXPECT_TRUE(get_text(*log, text));
  return log;
}

/// The word of a lock.
inline std::atomic<std::uint32_t>& word_of(multiprocessing::detail::RobustLock& lock) {
  return *reinterpret_cast<std::atomic<std::uint32_t>*>(&lock);
}

/// The mark of the next message to be got.
inline std::byte* next_mark(const multiprocessing::detail::MessageLog& log) {
  const multiprocessing::detail::LogEnd head =
      multiprocessing::detail::LogEnd::unpacked(header_of(log).head.load());
  return pool_of(log).data(head.block) + head.offset;
}

}  // namespace progeny::testing
