#include "multiprocessing/connection/pipes.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/program/rendezvous.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace progeny::multiprocessing {

namespace {

constexpr int repetitions = 200;

// The thread sanitizer cannot follow a forked child and its threads.
#ifdef __SANITIZE_THREAD__
constexpr bool may_be_shared = false;
#else
constexpr bool may_be_shared = true;
#endif

// Too large to cross a pipe or a socket in one piece.
std::string large_message(int thread, int number) {
  const auto size = 70000 + 1000 * static_cast<std::size_t>(number);
  const auto letter = static_cast<char>('a' + thread);
  // With braces instead, the string would have two characters.
  return std::string(size, letter);  // NOLINT(modernize-return-braced-init-list)
}

bool is_of_one_kind(const std::string& message) {
  return message.find_first_not_of(message.front()) == std::string::npos;
}

TEST(SeveralSenders, DoNotMixTheirMessages) {
  constexpr int threads = 3;
  constexpr int messages = 3;
  for (int round = 0; round < repetitions; ++round) {
    auto [reader, writer] = Pipe(testing::pipe_of_round(round));
    std::vector<std::jthread> senders;
    for (int thread = 0; thread < threads; ++thread) {
      senders.emplace_back([&writer, thread] {
        for (int i = 0; i < messages; ++i) {
          writer.send_bytes(large_message(thread, i));
        }
      });
    }
    for (int i = 0; i < threads * messages; ++i) {
      const std::string message = reader.recv_bytes();
      ASSERT_GE(message.size(), 70000U);
      ASSERT_TRUE(is_of_one_kind(message));
    }
  }
}

TEST(SeveralReceivers, GetEachMessageOnce) {
  constexpr int messages = 60;
  for (int round = 0; round < repetitions; ++round) {
    auto [reader, writer] = Pipe(testing::pipe_of_round(round));
    std::vector<std::multiset<std::string>> received(3);
    {
      std::vector<std::jthread> receivers;
      for (auto& mine : received) {
        receivers.emplace_back([&reader, &mine] {
          try {
            for (;;) {
              mine.insert(reader.recv_bytes());
            }
          } catch (const EOFError&) {  // The end.
          }
        });
      }
      for (int i = 0; i < messages; ++i) {
        writer.send_bytes(std::string(static_cast<std::size_t>(i), 'x'));
      }
      writer.close();
    }
    std::multiset<std::string> all;
    for (auto& mine : received) {
      all.merge(mine);
    }
    std::multiset<std::string> expected;
    for (int i = 0; i < messages; ++i) {
      expected.insert(std::string(static_cast<std::size_t>(i), 'x'));
    }
    ASSERT_EQ(all, expected);
  }
}

TEST(BothDirections, GoAtOnce) {
  for (int round = 0; round < repetitions; ++round) {
    auto [a, b] = Pipe({.shared = round % 2 == 1});
    const std::string message = testing::pattern(300000);
    const std::jthread there([&a, &message] { a.send_bytes(message); });
    const std::jthread back([&b, &message] { b.send_bytes(message); });
    ASSERT_TRUE(a.recv_bytes() == message);
    ASSERT_TRUE(b.recv_bytes() == message);
  }
}

// Another thread is receiving, and so holds the lock of that direction, during the fork.
TEST(ForkedCopy, CanReceiveAlthoughAThreadOfItsParentWasReceiving) {
  for (int round = 0; round < repetitions; ++round) {
    auto [a, b] = Pipe({.shared = may_be_shared && round % 2 == 1});
    auto [result, child_result] = Pipe();
    testing::Rendezvous begins(2);
    const std::jthread receiver([&a, &begins] {
      begins.arrive_and_wait();
      EXPECT_EQ(a.recv_bytes().size(), 3U);
    });
    begins.arrive_and_wait();
    testing::ForkedChild child([&a, &child_result] {
      child_result.send_bytes(a.recv_bytes());
      return 0;
    });
    b.send_bytes("one");
    b.send_bytes("two");
    ASSERT_TRUE(result.poll(testing::very_long))
        << "the child waits for a thread that only its parent has";
    ASSERT_EQ(result.recv_bytes().size(), 3U);
    ASSERT_EQ(child.wait(), 0);
  }
}

}  // namespace

}  // namespace progeny::multiprocessing
