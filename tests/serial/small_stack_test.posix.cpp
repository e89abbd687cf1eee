#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <pthread.h>

// C4: on a thread with a small stack a deep value is an error, and no overflow.

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

struct Tree {
  std::vector<Tree> trees;
};

// Runs `body` on a thread with so many KiB of stack.
void on_stack_of(std::size_t kibibytes, std::function<void()> body) {
  pthread_attr_t attributes;
  ASSERT_EQ(::pthread_attr_init(&attributes), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&attributes, kibibytes << 10), 0);
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  pthread_t thread{};
  ASSERT_EQ(::pthread_create(&thread, &attributes, run, &body), 0);
  ASSERT_EQ(::pthread_join(thread, nullptr), 0);
  ::pthread_attr_destroy(&attributes);
}

template <class T>
void decode_or_refuse(const std::string& bytes) {
  try {
    static_cast<void>(serial::from_bytes<T>(bytes));
  } catch (const serial::DecodeError&) {
  }
}

class SmallStack : public ::testing::TestWithParam<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(KiB, SmallStack, ::testing::Values(96, 128, 192, 256, 512));

TEST_P(SmallStack, IsNotOverflownByADeepMessage) {
  const std::string ones = std::string(990, '\x01') + std::string(1, '\0');
  const std::string links(990 * 5, '\x01');
  on_stack_of(GetParam(), [&] {
    decode_or_refuse<Tree>(forged<Tree>(ones));
    decode_or_refuse<Link>(forged<Link>(links));
    decode_or_refuse<std::unique_ptr<Json>>(forged<std::unique_ptr<Json>>(ones));
  });
}

TEST_P(SmallStack, IsNotOverflownByADeepValue) {
  Link link;
  for (int i = 0; i != 900; ++i) {
    link = Link{0, std::make_unique<Link>(std::move(link)), nullptr};
  }
  on_stack_of(GetParam(), [&] {
    try {
      static_cast<void>(serial::to_bytes(link));
    } catch (const progeny::ValueError&) {
    }
  });
}

TEST(LargeStack, TakesAllLevels) {
  const std::string ones = std::string(900, '\x01') + std::string(1, '\0');
  on_stack_of(8192, [&] {
    EXPECT_NO_THROW(static_cast<void>(serial::from_bytes<Tree>(forged<Tree>(ones))));
  });
}

TEST(SmallStackError, SaysWhatIsMissing) {
  std::string reason;
  on_stack_of(128, [&] {
    reason = decoding_error<Tree>(forged<Tree>(std::string(990, '\x01') + std::string(1, '\0')));
  });
  EXPECT_TRUE(reason.starts_with("nested too deep for the stack of this thread")) << reason;
}

}  // namespace
