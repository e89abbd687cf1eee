// What a killed process leaves in a MessageLog, row by row of the table above the class: a block
// that is no longer needed is used again before the memory grows, and no other is.

#include "multiprocessing/queues/log_facts.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/own_pipe.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace progeny::testing {

namespace {

using multiprocessing::detail::BlockPool;
using multiprocessing::detail::BlockState;
using multiprocessing::detail::LogEnd;
using multiprocessing::detail::MessageLog;
using multiprocessing::detail::MessageView;
using multiprocessing::detail::QueueMessage;
using multiprocessing::detail::Sequence;
using Index = BlockPool::Index;
using Kind = BlockState::Kind;
using Texts = std::vector<std::string>;

std::string large_text(char letter) {
  std::string text(large_size, letter);
  return text;
}

std::string quarter_text(char letter) {
  std::string text(quarter_size, letter);
  return text;
}

void tell(const OwnPipe& pipe) {
  EXPECT_EQ(::write(pipe.write_end.get(), ".", 1), 1);
}

class LogBlocks : public ::testing::Test {
 protected:
  // Runs `step` in a process that then ends without cleaning up.
  static void in_a_process_that_dies(const std::function<void()>& step) {
    ForkedChild child([&] {
      step();
      return 0;
    });
    ASSERT_EQ(child.wait(), 0);
  }

  // Puts a large message. Returns its block.
  [[nodiscard]] Index put_large(char letter = 'x') {
    const Sequence sequence = log().put_count();
    EXPECT_TRUE(put_text(log(), large_text(letter)));
    for (Index block = 0; block < pool().count(); ++block) {
      const BlockState state = pool().state(block);
      if (state.kind == Kind::queued && state.sequence == sequence) {
        return block;
      }
    }
    return BlockPool::none;
  }

  void fill_a_block() {
    for (const char letter : {'a', 'b', 'c', 'd'}) {
      EXPECT_TRUE(put_text(log(), quarter_text(letter)));
    }
  }

  [[nodiscard]] Index take_block() {
    const auto none_is_left = [](Index, const BlockState&) { return false; };
    return pool().take(BlockPool::unit, log().roster().me(), none_is_left);
  }

  // The number of the next new block.
  [[nodiscard]] Index fresh() { return pool().count(); }

  [[nodiscard]] MessageLog& log() const { return *log_; }
  [[nodiscard]] BlockPool& pool() { return pool_; }

 private:
  std::shared_ptr<MessageLog> log_ = MessageLog::make();
  BlockPool pool_ = pool_of(*log_);
};

TEST_F(LogBlocks, ThatIsFreeIsTheNextToBeUsed) {
  const Index block = put_large();
  static_cast<void>(drained(log()));
  EXPECT_EQ(pool().state(block).kind, Kind::free);
  EXPECT_EQ(put_large(), block);
}

TEST_F(LogBlocks, TakenByADeadProcessIsUsedAgain) {
  const Index block = fresh();
  in_a_process_that_dies([&] { static_cast<void>(take_block()); });
  EXPECT_EQ(pool().state(block).kind, Kind::taken);
  EXPECT_EQ(put_large(), block);
}

TEST_F(LogBlocks, TakenByALivingProcessIsKept) {
  const OwnPipe pipe;
  ForkedChild child([&] {
    static_cast<void>(take_block());
    tell(pipe);
    return ::pause();
  });
  ASSERT_EQ(pipe.read(1), ".");
  const Index taken = fresh() - 1;
  EXPECT_EQ(put_large(), taken + 1);
  child.kill();
  ASSERT_EQ(child.wait(), -SIGKILL);
  EXPECT_EQ(put_large(), taken);
}

TEST_F(LogBlocks, MadePartOfTheLogBeforeItsEndHasMovedIsUsedAgain) {
  fill_a_block();
  const Index block = fresh();
  in_a_process_that_dies([&] {
    const LogEnd tail = LogEnd::unpacked(header_of(log()).tail.load());
    const Index taken = take_block();
    pool().set_state(taken, {.kind = Kind::log, .sequence = tail.count});
    pool().next(tail.block).store(taken);
  });
  EXPECT_EQ(pool().state(block).kind, Kind::log);
  EXPECT_TRUE(put_text(log(), quarter_text('e')));
  EXPECT_EQ(fresh(), block + 1);
  Texts expected;
  for (const char letter : {'a', 'b', 'c', 'd', 'e'}) {
    expected.push_back(quarter_text(letter));
  }
  EXPECT_TRUE(drained(log()) == expected);
}

TEST_F(LogBlocks, OfTheLogAreKeptUntilTheirLastMessageIsGot) {
  for (int i = 0; i < 3; ++i) {
    fill_a_block();
  }
  ASSERT_EQ(fresh(), 3U);
  EXPECT_EQ(put_large(), 3U) << "none of the log's three blocks";
  std::string text;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(get_text(log(), text));
  }
  EXPECT_EQ(put_large(), 4U) << "the getting end is still in the first";
  EXPECT_TRUE(get_text(log(), text));
  EXPECT_EQ(put_large(), 0U);
}

TEST_F(LogBlocks, OfTheLogBehindTheGettingEndIsUsedAgain) {
  fill_a_block();
  fill_a_block();
  in_a_process_that_dies([&] {
    const BlockState first = pool().state(0);
    std::string text;
    for (int i = 0; i < 5; ++i) {
      static_cast<void>(get_text(log(), text));
    }
    pool().set_state(0, first);  // As it is between moving the end and freeing the block.
  });
  EXPECT_EQ(pool().state(0).kind, Kind::log);
  EXPECT_EQ(put_large(), 0U);
}

TEST_F(LogBlocks, QueuedBeforeTheEndHasMovedIsUsedAgain) {
  const Index block = fresh();
  in_a_process_that_dies([&] {
    pool().set_state(take_block(), {.kind = Kind::queued, .sequence = log().put_count()});
  });
  EXPECT_EQ(put_large('y'), block);
  EXPECT_TRUE(drained(log()) == Texts{large_text('y')});
}

TEST_F(LogBlocks, QueuedUnderTheNumberOfAnotherMessageIsUsedOnceThatIsGot) {
  const Index block = fresh();
  in_a_process_that_dies([&] {
    pool().set_state(take_block(), {.kind = Kind::queued, .sequence = log().put_count()});
  });
  EXPECT_TRUE(put_text(log(), "small"));
  EXPECT_EQ(put_large(), block + 1);
  std::string text;
  EXPECT_TRUE(get_text(log(), text));
  EXPECT_EQ(text, "small");
  EXPECT_EQ(put_large(), block);
}

TEST_F(LogBlocks, QueuedAreKept) {
  EXPECT_EQ(put_large('a'), 1U);
  EXPECT_EQ(put_large('b'), 2U);
  EXPECT_EQ(put_large('c'), 3U);
  EXPECT_TRUE(drained(log()) == (Texts{large_text('a'), large_text('b'), large_text('c')}));
}

TEST_F(LogBlocks, BeingReadByAProcessThatDiesBeforeTheEndHasMovedIsReadByTheNext) {
  const Index block = put_large('a');
  in_a_process_that_dies([&] {
    pool().set_state(block, {.kind = Kind::reading, .sequence = 0, .member = log().roster().me()});
  });
  EXPECT_EQ(put_large('b'), block + 1);
  EXPECT_TRUE(drained(log()) == (Texts{large_text('a'), large_text('b')}));
}

TEST_F(LogBlocks, BeingReadByADeadProcessIsUsedAgain) {
  const Index block = put_large();
  in_a_process_that_dies([&] {
    // Never destroyed, as in a process that is killed.
    static_cast<void>(get_from(log(), *new QueueMessage));
  });
  EXPECT_EQ(pool().state(block).kind, Kind::reading);
  EXPECT_EQ(put_large(), block);
}

TEST_F(LogBlocks, BeingReadByALivingProcessIsKept) {
  const Index block = put_large('a');
  const OwnPipe pipe;
  const OwnPipe go;
  ForkedChild child([&] {
    auto& message = *new QueueMessage;
    static_cast<void>(get_from(log(), message));
    tell(pipe);
    static_cast<void>(go.read(1));
    return message.bytes() == large_text('a') ? 0 : 1;
  });
  ASSERT_EQ(pipe.read(1), ".");
  EXPECT_EQ(put_large('b'), block + 1);
  tell(go);
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(put_large('c'), block);
}

// As if 8 GiB of small blocks were in use, or 16 GiB of address space.
TEST_F(LogBlocks, AreLimitedInNumberAndInSize) {
  EXPECT_TRUE(put_text(log(), "before"));
  const std::string some = large_text('x');
  try {
    static_cast<void>(put_text(log(), std::string_view(some.data(), BlockPool::room)));
    ADD_FAILURE();
  } catch (const OSError& error) {
    EXPECT_EQ(error.code(), std::errc::not_enough_memory);
    EXPECT_NE(std::string(error.what()).find("has grown to its limit"), std::string::npos);
  }
  auto& blocks = blocks_of(log()).blocks;
  const std::uint32_t before = blocks.exchange(BlockPool::most_blocks);
  auto& last = entry_of(log(), BlockPool::most_blocks - 1);
  last.offset = entry_of(log(), 0).offset.load();
  last.size = entry_of(log(), 0).size.load();
  last.state = BlockState{.kind = Kind::taken, .member = log().roster().me()}.packed();
  EXPECT_THROW(static_cast<void>(put_text(log(), some)), OSError);
  blocks = before;
  EXPECT_TRUE(put_text(log(), some));
  EXPECT_TRUE(drained(log()) == (Texts{"before", some}));
}

TEST_F(LogBlocks, HoldBodiesBehindHeadsOfEverySizeWhereNumbersCanBe) {
  // The thread keeps this message's buffer for the next ones. So they do not lie in the string
  // object itself, as short ones would.
  EXPECT_TRUE(put_text(log(), quarter_text('q')));
  static_cast<void>(drained(log()));
  std::vector<std::string> sent;
  for (std::size_t head = 0; head <= 17; ++head) {
    for (const std::size_t size : {0U, 1U, 8U, 4'099U, 32'000U}) {
      const std::string text = std::string(head, 'h') + std::string(size, 'b');
      multiprocessing::detail::CallLimit wait;
      const MessageView message{.head = std::string_view(text).substr(0, head),
                                .body = std::string_view(text).substr(head)};
      ASSERT_EQ(log().put(std::span(&message, 1), 0, wait), 1U);
      sent.push_back(text);
    }
  }
  for (const std::string& text : sent) {
    QueueMessage message;
    ASSERT_NE(get_from(log(), message), 0U);
    EXPECT_EQ(message.bytes(), text);
    const auto body =
        reinterpret_cast<std::uintptr_t>(message.bytes().data()) + text.find_first_not_of('h');
    EXPECT_TRUE(text.find('b') == std::string::npos || body % alignof(double) == 0) << text.size();
  }
}

}  // namespace

}  // namespace progeny::testing
