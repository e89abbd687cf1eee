// Random words are written to random places in the memory of a queue.

#include "multiprocessing/queues/log_facts.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "support/children/forked_child.posix.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include <sys/time.h>
#include <unistd.h>

namespace progeny::testing {

namespace {

using multiprocessing::detail::BlockPool;
using multiprocessing::detail::MessageBatch;
using multiprocessing::detail::MessageLog;

// The words of the memory whose damage could do harm.
class Words {
 public:
  explicit Words(const MessageLog& log) {
    auto& header = header_of(log);
    for (auto* const word : {&header.head, &header.tail, &header.head_seen, &header.tail_seen}) {
      add(word, 1);
    }
    // A lock is half a word; the other half is padding.
    add(&header.put_lock, 1);
    add(&header.get_lock, 1);
    add(&blocks_of(log), 1);
    const BlockPool pool = pool_of(log);
    for (BlockPool::Index block = 0; block < pool.count(); ++block) {
      add(&entry_of(log, block), sizeof(BlockPool::Entry) / sizeof(std::uint64_t));
    }
    add(next_mark(log), 8);  // With the record of the large message.
    for (const std::size_t offset : {0U, 8U, 32'008U}) {
      add(pool.data(2) + offset, 8);
    }
  }

  // Changes a random word: to anything, by a bit, to a small number, or by a little.
  void damage_one(std::mt19937& random) const {
    std::byte* const word = words_[random() % words_.size()];
    std::uint64_t value = 0;
    std::memcpy(&value, word, sizeof value);
    const std::uint64_t any = std::uint64_t{random()} << 32 | random();
    switch (random() % 4) {
      case 0:
        value = any;
        break;
      case 1:
        value ^= std::uint64_t{1} << (any % 64);
        break;
      case 2:
        value = any % 8;
        break;
      default:
        value += any % 4096 - 2048;
    }
    std::memcpy(word, &value, sizeof value);
  }

 private:
  void add(void* where, std::size_t words) {
    for (std::size_t i = 0; i < words; ++i) {
      words_.push_back(static_cast<std::byte*>(where) + i * sizeof(std::uint64_t));
    }
  }

  std::vector<std::byte*> words_;
};

// Puts and gets in all ways, whatever error comes.
void use(MessageLog& log) {
  MessageBatch batch;
  std::string text;
  const std::array<std::function<void(MessageLog&)>, 5> uses{
      [](MessageLog& used) { static_cast<void>(put_text(used, "small")); },
      [](MessageLog& used) { static_cast<void>(put_text(used, std::string(large_size, 'x'))); },
      [](MessageLog& used) { static_cast<void>(put_text(used, std::string(quarter_size, 'x'))); },
      [&](MessageLog& used) { static_cast<void>(get_from(used, batch, 2)); },
      [&](MessageLog& used) { static_cast<void>(get_text(used, text)); }};
  for (int round = 0; round < 20; ++round) {
    for (const auto& each : uses) {
      try {
        each(log);
      } catch (const OSError& error) {
        EXPECT_NE(error.code(), std::error_code());
      }
    }
  }
}

void end_if_it_takes_long() {
  // A second of processor time, as the machine may be busy; 20 seconds of the clock, for a process
  // that sleeps.
  const itimerval second{.it_interval = {}, .it_value = {.tv_sec = 1, .tv_usec = 0}};
  ::setitimer(ITIMER_PROF, &second, nullptr);
  ::alarm(20);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint32_t rounds = 100;
#else
constexpr std::uint32_t rounds = 1'000;
#endif

TEST(DamagedLogs, NeitherCrashNorHangWhateverIsWrittenToThem) {
  for (std::uint32_t seed = 0; seed < rounds; ++seed) {
    ForkedChild child([seed] {
      const auto log = used_log();
      std::mt19937 random(seed);
      const Words words(*log);
      for (auto count = random() % 3 + 1; count != 0; --count) {
        words.damage_one(random);
      }
      longest_call = std::chrono::milliseconds(0);  // A lock may seem to be held for ever.
      end_if_it_takes_long();
      use(*log);
      return 0;
    });
    ASSERT_EQ(child.wait(), 0) << "with seed " << seed;
  }
}

}  // namespace

}  // namespace progeny::testing
