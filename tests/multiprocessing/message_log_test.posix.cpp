// What a killed process leaves in a MessageLog, row by row of the table above the class: blocks
// that nobody needs are used again before the memory grows, and others are not.

#include "multiprocessing/log_facts.hpp"
#include "multiprocessing/message_log.hpp"
#include "support/forked_child.posix.hpp"
#include "support/own_pipe.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace progeny::testing {

namespace {

using multiprocessing::detail::BlockPool;
using multiprocessing::detail::BlockState;
using multiprocessing::detail::LogEnd;
using multiprocessing::detail::MessageLog;
using multiprocessing::detail::Sequence;
using Index = BlockPool::Index;
using Kind = BlockState::Kind;
using Texts = std::vector<std::string>;

std::string large_text(char letter) {
  return std::string(large_size, letter);
}

std::string quarter_text(char letter) {
  return std::string(quarter_size, letter);
}

void tell(const OwnPipe& pipe) {
  EXPECT_EQ(::write(pipe.write_end.get(), ".", 1), 1);
}

class LogBlocks : public ::testing::Test {
 protected:
  // What it does is all that it does: it dies without cleaning up.
  static void in_a_process_that_dies(const std::function<void()>& step) {
    ForkedChild child([&] {
      step();
      return 0;
    });
    ASSERT_EQ(child.wait(), 0);
  }

  // The block that a large message is put into.
  [[nodiscard]] Index put_large(char letter = 'x') {
    const Sequence sequence = log_->put_count();
    EXPECT_TRUE(put_text(*log_, large_text(letter)));
    for (Index block = 0; block < pool_.count(); ++block) {
      const BlockState state = pool_.state(block);
      if (state.kind == Kind::queued && state.sequence == sequence) {
        return block;
      }
    }
    return BlockPool::none;
  }

  void fill_a_block() {
    for (const char letter : {'a', 'b', 'c', 'd'}) {
      EXPECT_TRUE(put_text(*log_, quarter_text(letter)));
    }
  }

  [[nodiscard]] Index take_block() {
    const auto none_is_left = [](Index, const BlockState&) { return false; };
    return pool_.take(BlockPool::unit, log_->roster().me(), none_is_left);
  }

  // The next new one.
  [[nodiscard]] Index fresh() const { return pool_.count(); }

  std::shared_ptr<MessageLog> log_ = MessageLog::make();
  BlockPool pool_ = pool_of(*log_);
};

TEST_F(LogBlocks, ThatIsFreeIsTheNextToBeUsed) {
  const Index block = put_large();
  static_cast<void>(drained(*log_));
  EXPECT_EQ(pool_.state(block).kind, Kind::free);
  EXPECT_EQ(put_large(), block);
}

TEST_F(LogBlocks, TakenByOneWhoHasDiedIsUsedAgain) {
  const Index block = fresh();
  in_a_process_that_dies([&] { static_cast<void>(take_block()); });
  EXPECT_EQ(pool_.state(block).kind, Kind::taken);
  EXPECT_EQ(put_large(), block);
}

TEST_F(LogBlocks, TakenByOneWhoLivesIsHis) {
  const OwnPipe pipe;
  ForkedChild child([&] {
    static_cast<void>(take_block());
    tell(pipe);
    return ::pause();
  });
  ASSERT_EQ(pipe.read(1), ".");
  const Index his = fresh() - 1;
  EXPECT_EQ(put_large(), his + 1);
  child.kill();
  ASSERT_EQ(child.wait(), -SIGKILL);
  EXPECT_EQ(put_large(), his);
}

TEST_F(LogBlocks, MadePartOfTheLogBeforeItsEndHasMovedIsUsedAgain) {
  fill_a_block();
  const Index block = fresh();
  in_a_process_that_dies([&] {
    const LogEnd tail = LogEnd::unpacked(header_of(*log_).tail.load());
    const Index taken = take_block();
    pool_.set_state(taken, {.kind = Kind::log, .sequence = tail.count});
    pool_.next(tail.block).store(taken);
  });
  EXPECT_EQ(pool_.state(block).kind, Kind::log);
  EXPECT_TRUE(put_text(*log_, quarter_text('e')));
  EXPECT_EQ(fresh(), block + 1);
  Texts expected;
  for (const char letter : {'a', 'b', 'c', 'd', 'e'}) {
    expected.push_back(quarter_text(letter));
  }
  EXPECT_TRUE(drained(*log_) == expected);
}

TEST_F(LogBlocks, OfTheLogAreKeptUntilTheirLastMessageIsGot) {
  for (int i = 0; i < 3; ++i) {
    fill_a_block();
  }
  ASSERT_EQ(fresh(), 3U);
  EXPECT_EQ(put_large(), 3U) << "none of the log's three blocks";
  std::string text;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(get_text(*log_, text));
  }
  EXPECT_EQ(put_large(), 4U) << "the getting end is still in the first";
  EXPECT_TRUE(get_text(*log_, text));
  EXPECT_EQ(put_large(), 0U);
}

TEST_F(LogBlocks, OfTheLogBehindTheGettingEndIsUsedAgain) {
  fill_a_block();
  fill_a_block();
  in_a_process_that_dies([&] {
    const BlockState first = pool_.state(0);
    std::string text;
    for (int i = 0; i < 5; ++i) {
      static_cast<void>(get_text(*log_, text));
    }
    pool_.set_state(0, first);  // As it is between the end's move and giving the block back.
  });
  EXPECT_EQ(pool_.state(0).kind, Kind::log);
  EXPECT_EQ(put_large(), 0U);
}

TEST_F(LogBlocks, QueuedBeforeTheEndHasMovedIsUsedAgain) {
  const Index block = fresh();
  in_a_process_that_dies([&] {
    pool_.set_state(take_block(), {.kind = Kind::queued, .sequence = log_->put_count()});
  });
  EXPECT_EQ(put_large('y'), block);
  EXPECT_TRUE(drained(*log_) == Texts{large_text('y')});
}

TEST_F(LogBlocks, QueuedUnderTheNumberOfAnotherMessageIsUsedOnceThatIsGot) {
  const Index block = fresh();
  in_a_process_that_dies([&] {
    pool_.set_state(take_block(), {.kind = Kind::queued, .sequence = log_->put_count()});
  });
  EXPECT_TRUE(put_text(*log_, "small"));
  EXPECT_EQ(put_large(), block + 1);
  std::string text;
  EXPECT_TRUE(get_text(*log_, text));
  EXPECT_EQ(text, "small");
  EXPECT_EQ(put_large(), block);
}

TEST_F(LogBlocks, QueuedAreKept) {
  EXPECT_EQ(put_large('a'), 1U);
  EXPECT_EQ(put_large('b'), 2U);
  EXPECT_EQ(put_large('c'), 3U);
  EXPECT_TRUE(drained(*log_) == (Texts{large_text('a'), large_text('b'), large_text('c')}));
}

TEST_F(LogBlocks, BeingReadByOneWhoDiesBeforeTheEndHasMovedIsReadByTheNext) {
  const Index block = put_large('a');
  in_a_process_that_dies([&] {
    pool_.set_state(block, {.kind = Kind::reading, .sequence = 0, .member = log_->roster().me()});
  });
  EXPECT_EQ(put_large('b'), block + 1);
  EXPECT_TRUE(drained(*log_) == (Texts{large_text('a'), large_text('b')}));
}

TEST_F(LogBlocks, BeingReadByOneWhoHasDiedIsUsedAgain) {
  const Index block = put_large();
  in_a_process_that_dies([&] {
    MessageLog::Got got;
    std::string buffer;
    static_cast<void>(log_->get(buffer, got));
  });
  EXPECT_EQ(pool_.state(block).kind, Kind::reading);
  EXPECT_EQ(put_large(), block);
}

TEST_F(LogBlocks, BeingReadByOneWhoLivesIsHis) {
  const Index block = put_large('a');
  const OwnPipe pipe;
  const OwnPipe go;
  ForkedChild child([&] {
    MessageLog::Got got;
    std::string buffer;
    static_cast<void>(log_->get(buffer, got));
    tell(pipe);
    static_cast<void>(go.read(1));
    return got.bytes == large_text('a') ? 0 : 1;
  });
  ASSERT_EQ(pipe.read(1), ".");
  EXPECT_EQ(put_large('b'), block + 1);
  tell(go);
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(put_large('c'), block);
}

// As if 8 GiB of small blocks were in use, or 16 GiB of addresses.
TEST_F(LogBlocks, AreLimitedInNumberAndInSize) {
  EXPECT_TRUE(put_text(*log_, "before"));
  const std::string some = large_text('x');
  try {
    static_cast<void>(put_text(*log_, std::string_view(some.data(), BlockPool::room)));
    ADD_FAILURE();
  } catch (const OSError& error) {
    EXPECT_EQ(error.code(), std::errc::not_enough_memory);
    EXPECT_NE(std::string(error.what()).find("has grown to its limit"), std::string::npos);
  }
  auto& blocks = blocks_of(*log_).blocks;
  const std::uint32_t before = blocks.exchange(BlockPool::most_blocks);
  auto& last = entry_of(*log_, BlockPool::most_blocks - 1);
  last.offset = entry_of(*log_, 0).offset.load();
  last.size = entry_of(*log_, 0).size.load();
  last.state = BlockState{.kind = Kind::taken, .member = log_->roster().me()}.packed();
  EXPECT_THROW(static_cast<void>(put_text(*log_, some)), OSError);
  blocks = before;
  EXPECT_TRUE(put_text(*log_, some));
  EXPECT_TRUE(drained(*log_) == (Texts{"before", some}));
}

}  // namespace

}  // namespace progeny::testing
