#include "multiprocessing/methods.hpp"
#include "multiprocessing/synchronize/parties.posix.hpp"
#include "platform/ipc/socket.hpp"
#include "support/program/let_pass.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/format.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::ValueError;
using progeny::testing::await_waiting;
using progeny::testing::broken;
using progeny::testing::index_at;
using progeny::testing::let_pass;
using progeny::testing::Parties;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

constexpr int five = 5;

class Barriers : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Barriers);

void exit_with_index(mp::Barrier barrier) {
  throw mp::SystemExit(index_at(std::move(barrier), very_long));
}

std::multiset<int> of_all_five_passing(const mp::Barrier& barrier) {
  Parties parties;
  for (int i = 0; i < five; ++i) {
    parties.come([&] { return index_at(barrier, very_long); });
  }
  return parties.ends();
}

const std::multiset<int> all_indices{0, 1, 2, 3, 4};
const std::multiset<int> four_broken{broken, broken, broken, broken};

// MP-124, MP-125
TEST_P(Barriers, GiveEachPartyAnIndex) {
  const mp::Barrier barrier(five);
  std::vector<mp::Process> processes;
  for (int i = 0; i < five; ++i) {
    processes.push_back(started(exit_with_index, barrier));
  }
  std::multiset<int> indices;
  for (auto& process : processes) {
    EXPECT_TRUE(process.join(very_long));
    indices.insert(static_cast<int>(process.exitcode().value()));
  }
  EXPECT_EQ(indices, all_indices);
  EXPECT_EQ(barrier.n_waiting(), 0);
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(barrier.parties(), five);
}

// MP-125
TEST(Barrier, OfOneLetsPassAtOnce) {
  mp::Barrier barrier(1);
  EXPECT_EQ(barrier.wait(), 0);
  EXPECT_EQ(barrier.wait(0s), 0);
  EXPECT_THROW(mp::Barrier(0), ValueError);
  EXPECT_THROW(mp::Barrier(-1), ValueError);
}

// MP-125
TEST_P(Barriers, AreReadByAll) {
  mp::Barrier barrier(3);
  barrier.abort();
  const auto read = [](mp::Barrier theirs) {
    throw mp::SystemExit(theirs.parties() * 10 + theirs.n_waiting() + (theirs.broken() ? 5 : 0));
  };
  EXPECT_EQ(exitcode_of(read, barrier), 35);
}

void send_numbers(mp::Barrier barrier, mp::Lock lock, mp::Connection& out, int passes) {
  for (int pass = 0; pass < passes; ++pass) {
    {
      const std::scoped_lock guard(lock);
      out.send(pass);
    }
    barrier.wait(very_long);
  }
}

// Each party sends the number of its pass, then waits at the barrier. So the numbers come in order.
void expect_in_step(const mp::Context& context, int passes) {
  auto [in, out] = mp::Pipe(false);
  const mp::Barrier barrier(five);
  const mp::Lock lock;
  std::vector<mp::Process> processes;
  for (int i = 0; i < five; ++i) {
    mp::Connection end(progeny::platform::duplicate(out.fileno()), false);
    processes.push_back(context.Process(send_numbers, barrier, lock, std::move(end), passes));
    processes.back().start();
  }
  for (int number = 0; number < five * passes; ++number) {
    ASSERT_TRUE(in.poll(very_long));
    ASSERT_EQ(in.recv<int>(), number / five);
  }
  for (auto& process : processes) {
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(process.exitcode(), 0);
  }
  EXPECT_EQ(barrier.n_waiting(), 0);
  EXPECT_FALSE(barrier.broken());
}

// MP-124
TEST_P(Barriers, LetPassInStep) {
  expect_in_step(context(), 1);
  expect_in_step(context(), 10);
}

// MP-130
TEST_P(Barriers, LetPassAThousandTimes) {
  expect_in_step(context(), 1000);
}

// MP-126
TEST(Barrier, CallsItsActionOnceBeforeAnyGoesOn) {
  mp::Semaphore calls(0);
  const mp::Barrier barrier(five, {.action = [&calls] { calls.release(); }});
  Parties parties;
  for (int i = 0; i < five; ++i) {
    parties.come([&] {
      for (int pass = 1; pass <= 3; ++pass) {
        if (index_at(barrier, very_long) == broken || calls.get_value() < pass) {
          return 1;
        }
      }
      return 0;
    });
  }
  EXPECT_EQ(parties.ends(), (std::multiset<int>{0, 0, 0, 0, 0}));
  EXPECT_EQ(calls.get_value(), 3);
}

void fail() {
  throw std::domain_error("the action");
}

int end_at_failing_barrier(mp::Barrier barrier) {
  try {
    return index_at(std::move(barrier), very_long);
  } catch (const std::domain_error&) {
    return 10;
  }
}

// MP-126
TEST_P(Barriers, BreakIfTheActionThrows) {
  mp::Barrier barrier(five, {.action = fail});
  std::vector<mp::Process> processes;
  for (int i = 0; i < five; ++i) {
    processes.push_back(started(
        [](mp::Barrier theirs) { throw mp::SystemExit(end_at_failing_barrier(theirs)); }, barrier));
  }
  std::multiset<int> ends;
  for (auto& process : processes) {
    EXPECT_TRUE(process.join(very_long));
    ends.insert(static_cast<int>(process.exitcode().value()));
  }
  EXPECT_EQ(ends, (std::multiset<int>{10, broken, broken, broken, broken}));
  EXPECT_TRUE(barrier.broken());
  barrier.reset();
  EXPECT_FALSE(barrier.broken());
}

// MP-127
TEST(Barrier, TurnsAllAwayWhenAborted) {
  mp::Barrier barrier(five);
  Parties parties;
  for (int i = 0; i < 4; ++i) {
    parties.come([&] { return index_at(barrier, very_long); });
  }
  EXPECT_TRUE(await_waiting(barrier, 4));
  barrier.abort();
  EXPECT_EQ(parties.ends(), four_broken);
  EXPECT_TRUE(barrier.broken());
  EXPECT_EQ(index_at(barrier), broken);
  barrier.reset();
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(of_all_five_passing(barrier), all_indices);
}

// MP-128
TEST(Barrier, IsEmptiedByAReset) {
  mp::Barrier barrier(five);
  barrier.reset();
  Parties parties;
  for (int i = 0; i < 4; ++i) {
    parties.come([&] { return index_at(barrier, very_long); });
  }
  EXPECT_TRUE(await_waiting(barrier, 4));
  barrier.reset();
  EXPECT_EQ(parties.ends(), four_broken);
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(of_all_five_passing(barrier), all_indices);
}

// MP-129
TEST_P(Barriers, BreakWhenOneIsLate) {
  mp::Barrier barrier(five, {.timeout = 300ms});
  Parties parties;
  for (int i = 0; i < 4; ++i) {
    parties.come([&] { return index_at(barrier); });
  }
  EXPECT_EQ(parties.ends(), four_broken);
  EXPECT_EQ(
      exitcode_of([](mp::Barrier theirs) { throw mp::SystemExit(index_at(theirs)); }, barrier),
      broken);
  EXPECT_TRUE(barrier.broken());
  barrier.reset();
  EXPECT_EQ(index_at(barrier, 0s), broken);
  barrier.reset();
  for (int i = 0; i < 4; ++i) {
    parties.come([&] { return index_at(barrier, very_long); });
  }
  EXPECT_TRUE(await_waiting(barrier, 4));
  let_pass(400ms);  // Longer than the barrier's own timeout.
  EXPECT_GE(index_at(barrier, very_long), 0) << "the call's own timeout comes first";
  EXPECT_EQ(parties.ends(), (std::multiset<int>{0, 1, 2, 3}));
}

// MP-120 says this of conditions.
TEST(Barrier, BreaksWhenOneDiesWhileItWaits) {
  mp::Barrier barrier(five);
  Parties parties;
  for (int i = 0; i < 4; ++i) {
    parties.come([&] { return index_at(barrier); });
  }
  EXPECT_TRUE(await_waiting(barrier, 4));
  parties.children()[1].kill();
  EXPECT_EQ(parties.ends(), (std::multiset<int>{-9, broken, broken, broken}));
  EXPECT_TRUE(barrier.broken());
}

TEST(Barrier, BreaksWhenOneDiesInTheAction) {
  mp::Barrier barrier(3, {.action = [] { ::raise(SIGKILL); }});
  Parties parties;
  for (int i = 0; i < 3; ++i) {
    parties.come([&] { return index_at(barrier); });
  }
  EXPECT_EQ(parties.ends(), (std::multiset<int>{-9, broken, broken}));
}

// More threads than parties: the surplus waits for the next round.
TEST(Barrier, TakesMoreThreadsThanParties) {
  mp::Barrier barrier(3);
  mp::Semaphore left(3L * 400);
  Parties parties;
  for (int i = 0; i < 6; ++i) {
    parties.come([&] {
      while (left.try_acquire()) {
        if (index_at(barrier, very_long) == broken) {
          return 1;
        }
      }
      return 0;
    });
  }
  EXPECT_EQ(parties.ends(), (std::multiset<int>{0, 0, 0, 0, 0, 0}));
}

// MP-109
TEST(Barrier, ShowsWhoWaits) {
  mp::Barrier barrier(3);
  EXPECT_TRUE(fmt::format("{}", barrier).ends_with(": waiters=0/3>"));
  barrier.abort();
  EXPECT_TRUE(fmt::format("{}", barrier).ends_with(": broken>"));
}

TEST(Barrier, DoesNotTravelWithAClosure) {
  int number = 0;
  const mp::Barrier barrier(2, {.action = [&number] { ++number; }});
  auto process = mp::get_context("spawn").Process([](mp::Barrier) {}, barrier);
  EXPECT_THROW(process.start(), progeny::RuntimeError);
}

}  // namespace
