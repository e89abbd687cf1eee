#include "base/deadline.hpp"
#include "platform/io/event.hpp"
#include "platform/io/readable.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <thread>

#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;
using testing::TableVerdict;

bool is_set(const Event& event) {
  return is_readable(event.handle(), Deadline(std::chrono::nanoseconds::zero()));
}

TEST(Event, IsReadableWhileItIsSet) {
  Event event;
  EXPECT_FALSE(is_set(event));
  event.set();
  EXPECT_TRUE(is_set(event));
  EXPECT_TRUE(is_set(event)) << "looking does not take it back";
  event.clear();
  EXPECT_FALSE(is_set(event));
}

TEST(Event, CountsNoSettings) {
  Event event;
  event.set();
  event.set();
  event.clear();
  EXPECT_FALSE(is_set(event));
  event.clear();
  EXPECT_FALSE(is_set(event));
}

TEST(Event, NeverBlocksHoweverOftenItWasSet) {
  Event event;
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() - 1;
  ASSERT_EQ(::write(event.handle(), &most, sizeof most), ssize_t{sizeof most});
  errno = ENOTTY;
  event.set();
  EXPECT_TRUE(is_set(event));
  event.clear();
  event.clear();
  EXPECT_FALSE(is_set(event));
  EXPECT_EQ(errno, ENOTTY);
}

TEST(Event, WakesAThreadThatWaits) {
  Event event;
  std::thread setter([&] { event.set(); });
  EXPECT_TRUE(is_readable(event.handle(), Deadline(testing::very_long)));
  setter.join();
}

TEST(Event, IsSetOnceForAllThatSetIt) {
  Event event;
  std::array<std::thread, 8> setters;
  for (auto& setter : setters) {
    setter = std::thread([&] {
      for (int time = 0; time < 100; ++time) {
        event.set();
      }
    });
  }
  for (auto& setter : setters) {
    setter.join();
  }
  event.clear();
  EXPECT_FALSE(is_set(event));
}

TEST(Event, MadeByAnotherProcessIsTheSame) {
  Event event;
  testing::ForkedChild child([&] {
    Event same{Handle(::dup(event.handle()))};
    same.set();
    return 0;
  });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_TRUE(is_set(event));
}

TEST(Event, IsNotInheritedByPrograms) {
  EXPECT_TRUE(testing::is_close_on_exec(Event().handle()));
}

TEST(Event, WithoutAFreeDescriptorIsAnError) {
  EXPECT_EQ(testing::verdict_with_full_table("eventfd", [] { static_cast<void>(Event()); }),
            TableVerdict::as_promised);
}

}  // namespace

}  // namespace progeny::platform
