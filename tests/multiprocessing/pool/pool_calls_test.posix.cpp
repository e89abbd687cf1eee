// What every pool does with calls, whatever its workers are.

#include "multiprocessing/pool/pools.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/pool.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/function.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <forward_list>
#include <memory>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::testing::numbers;
using progeny::testing::square;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

template <class Kind>
class PoolCalls : public progeny::testing::PoolTest {};
TYPED_TEST_SUITE(PoolCalls, progeny::testing::AllPools, progeny::testing::NameOfPool);

int add(int a, int b) {
  return a + b;
}
std::string twice(const std::string& text) {
  return text + text;
}
void nothing() {}
int fail(int x) {
  throw std::out_of_range("item " + std::to_string(x));
}
int fail_at_7(int x) {
  return x == 7 ? fail(x) : x;
}
std::unique_ptr<int> boxed(std::unique_ptr<int> box) {
  ++*box;
  return box;
}
struct Counter {
  int count = 0;
  [[nodiscard]] int plus(int n) const { return count + n; }
};

// MP-233
TYPED_TEST(PoolCalls, ApplyReturnsTheValue) {
  auto pool = TypeParam::make({.processes = 2});
  EXPECT_EQ(pool.apply(square, 7), 49);
  EXPECT_EQ(pool.apply(twice, "ab"), "abab");
  EXPECT_EQ(pool.apply_async(add, 1, 2).get(very_long), 3);
  EXPECT_EQ(pool.apply([](double x) { return x / 2; }, 3.0), 1.5);
  EXPECT_EQ(pool.apply(progeny::serial::function<&Counter::plus>, Counter{4}, 5), 9);
  pool.apply(nothing);
}

TYPED_TEST(PoolCalls, MovesWhatCannotBeCopied) {
  auto pool = TypeParam::make({.processes = 1});
  EXPECT_EQ(*pool.apply_async(boxed, std::make_unique<int>(4)).get(very_long), 5);
}

// MP-234
TYPED_TEST(PoolCalls, MapKeepsTheOrder) {
  auto pool = TypeParam::make({.processes = 3});
  for (const int count : {10, 100}) {
    std::vector<int> expected;
    for (const int n : numbers(count)) {
      expected.push_back(n * n);
    }
    EXPECT_EQ(pool.map(square, numbers(count)), expected);
    EXPECT_EQ(pool.map(square, std::views::iota(0, count), {.chunksize = 20}), expected);
    EXPECT_EQ(pool.map_async(square, numbers(count), {.chunksize = 1}).get(very_long), expected);
  }
}

// MP-234
TYPED_TEST(PoolCalls, StarmapUnpacks) {
  auto pool = TypeParam::make({.processes = 2});
  const std::vector<std::pair<int, int>> pairs{{1, 2}, {3, 4}, {5, 6}};
  const std::vector<int> sums{3, 7, 11};
  EXPECT_EQ(pool.starmap(add, pairs), sums);
  EXPECT_EQ(pool.starmap_async(add, pairs).get(very_long), sums);
}

// MP-235
TYPED_TEST(PoolCalls, TakesAnyInput) {
  auto pool = TypeParam::make({.processes = 2});
  const std::forward_list<int> list{1, 2, 3};
  EXPECT_EQ(pool.map(square, list), (std::vector{1, 4, 9}));
  EXPECT_EQ(pool.map(square, list, {.chunksize = 100}), (std::vector{1, 4, 9}));
  EXPECT_EQ(pool.map(square, std::views::iota(0) | std::views::take(3)), (std::vector{0, 1, 4}));
  EXPECT_EQ(pool.map([](bool b) { return !b; }, std::vector{true, false}),
            (std::vector{false, true}));
  EXPECT_EQ(pool.map([](int) {}, numbers(3)).size(), 3U);
}

// MP-236
TYPED_TEST(PoolCalls, RefusesChunksBelowOne) {
  auto pool = TypeParam::make({.processes = 1});
  EXPECT_THROW(pool.map(square, numbers(3), {.chunksize = 0}), progeny::ValueError);
  EXPECT_THROW(pool.map(square, numbers(3), {.chunksize = -1}), progeny::ValueError);
  EXPECT_THROW(static_cast<void>(pool.imap(square, numbers(3), {.chunksize = 0})),
               progeny::ValueError);
  EXPECT_THROW(static_cast<void>(pool.imap_unordered(square, numbers(3), {.buffersize = 0})),
               progeny::ValueError);
}

// MP-237
TYPED_TEST(PoolCalls, EmptyInputGivesAnEmptyResult) {
  auto pool = TypeParam::make({.processes = 1});
  EXPECT_TRUE(pool.map(square, numbers(0)).empty());
  EXPECT_TRUE(pool.map_async(square, numbers(0), {.chunksize = 1}).ready());
  EXPECT_EQ(pool.imap(square, numbers(0)).next(very_long), std::nullopt);
  EXPECT_EQ(pool.imap_unordered(square, numbers(0)).next(very_long), std::nullopt);
}

// MP-238
TYPED_TEST(PoolCalls, CallbacksRunBeforeTheResultIsReady) {
  auto pool = TypeParam::make({.processes = 2});
  std::atomic<int> calls{0};
  int seen = 0;
  const auto on_value = [&](int value) {
    seen = value;
    ++calls;
  };
  EXPECT_EQ(pool.apply_async({.callback = on_value}, square, 3).get(very_long), 9);
  EXPECT_EQ(seen, 9);
  std::vector<int> all;
  const auto on_all = [&](const std::vector<int>& values) {
    all = values;
    ++calls;
  };
  pool.map_async(square, numbers(3), {.chunksize = 1, .callback = on_all}).wait(very_long);
  EXPECT_EQ(all, (std::vector{0, 1, 4}));
  EXPECT_EQ(calls, 2);
}

// MP-238
TYPED_TEST(PoolCalls, ErrorCallbacksGetTheException) {
  auto pool = TypeParam::make({.processes = 2});
  std::exception_ptr seen;
  bool is_called = false;
  const auto result = pool.apply_async({.callback = [&](int) { is_called = true; },
                                        .error_callback = [&](auto error) { seen = error; }},
                                       fail,
                                       3);
  EXPECT_TRUE(result.wait(very_long));
  EXPECT_FALSE(is_called);
  ASSERT_TRUE(seen);
  EXPECT_THROW(std::rethrow_exception(seen), std::out_of_range);
}

// MP-239
TYPED_TEST(PoolCalls, AThrowingCallbackChangesNothing) {
  auto pool = TypeParam::make({.processes = 1});
  const auto bad = [](int) { throw std::runtime_error("from the callback of the test"); };
  EXPECT_EQ(pool.apply_async({.callback = bad}, square, 3).get(very_long), 9);
  const auto wrong = [](const std::string&) {};
  EXPECT_EQ(pool.apply_async({.callback = wrong}, square, 3).get(very_long), 9);
  EXPECT_EQ(pool.apply(square, 4), 16);
}

// MP-242
TYPED_TEST(PoolCalls, ExceptionsArriveAsThemselves) {
  auto pool = TypeParam::make({.processes = 1});
  const auto result = pool.apply_async(fail, 3);
  EXPECT_TRUE(result.wait(very_long));
  EXPECT_FALSE(result.successful());
  try {
    result.get();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "item 3");
    EXPECT_EQ(progeny::serial::remote_traceback(error).has_value(), TypeParam::process_based);
  }
}

// MP-240
TYPED_TEST(PoolCalls, AMapFailsWithItsFirstException) {
  auto pool = TypeParam::make({.processes = 2});
  EXPECT_THROW(pool.map(fail_at_7, numbers(10)), std::out_of_range);
  EXPECT_EQ(pool.map(square, numbers(2)), (std::vector{0, 1}));
}

// MP-243, MP-246
TYPED_TEST(PoolCalls, AnInputThatThrows) {
  auto pool = TypeParam::make({.processes = 2});
  const auto bad = [](int n) { return n == 6 ? throw std::domain_error("input") : n; };
  auto input = std::views::iota(0, 10) | std::views::transform(bad);
  EXPECT_THROW(pool.map(square, input), std::domain_error);
  for (const auto& [chunksize, whole] : {std::pair{1, 6}, std::pair{2, 6}, std::pair{4, 4}}) {
    auto results = pool.imap(square, input, {.chunksize = chunksize});
    for (int n = 0; n < whole; ++n) {
      EXPECT_EQ(results.next(very_long), n * n);
    }
    EXPECT_THROW(static_cast<void>(results.next(very_long)), std::domain_error);
    EXPECT_EQ(results.next(very_long), std::nullopt);
  }
  EXPECT_EQ(pool.apply(square, 4), 16);
}

// MP-244
TYPED_TEST(PoolCalls, ImapGivesOneAfterTheOther) {
  auto pool = TypeParam::make({.processes = 3});
  auto results = pool.imap(square, numbers(1000), {.chunksize = 100});
  for (int n = 0; n < 1000; ++n) {
    ASSERT_EQ(results.next(very_long), n * n);
  }
  EXPECT_EQ(results.next(), std::nullopt);
  EXPECT_EQ(results.next(), std::nullopt);
  std::vector<int> seen;
  for (const int result : pool.imap_unordered(square, numbers(100))) {
    seen.push_back(result);
  }
  std::ranges::sort(seen);
  EXPECT_EQ(seen, pool.map(square, numbers(100)));
}

// MP-247: only so much is read ahead, so the input may have no end.
TYPED_TEST(PoolCalls, ImapTakesAnEndlessInput) {
  auto pool = TypeParam::make({.processes = 2});
  int read = 0;
  const auto count = [&](int n) {
    read = n + 1;
    return n;
  };
  auto results =
      pool.imap(square, std::views::iota(0) | std::views::transform(count), {.buffersize = 5});
  EXPECT_EQ(read, 5);
  for (int n = 0; n < 100; ++n) {
    EXPECT_EQ(results.next(very_long), n * n);
  }
  EXPECT_LE(read, 105);
}

TYPED_TEST(PoolCalls, ImapGoesOnBehindAnException) {
  auto pool = TypeParam::make({.processes = 2});
  auto results = pool.imap(fail_at_7, numbers(9));
  for (int n = 0; n < 7; ++n) {
    EXPECT_EQ(results.next(very_long), n);
  }
  EXPECT_THROW(static_cast<void>(results.next(very_long)), std::out_of_range);
  EXPECT_EQ(results.next(very_long), 8);
}

TYPED_TEST(PoolCalls, ManyTasks) {
  auto pool = TypeParam::make({.processes = 2});
  std::vector<mp::AsyncResult<int>> results;
  for (int n = 0; n < 20000; ++n) {
    results.push_back(pool.apply_async(add, n, 1));
  }
  for (int n = 0; n < 20000; ++n) {
    ASSERT_EQ(results[static_cast<std::size_t>(n)].get(very_long), n + 1);
  }
}

TYPED_TEST(PoolCalls, OneAfterTheOther) {
  auto pool = TypeParam::make({.processes = 2});
  for (int n = 0; n < 2000; ++n) {
    ASSERT_EQ(pool.apply(add, n, 1), n + 1);
  }
}

// Arguments and results that are much longer than what is sent at once.
TYPED_TEST(PoolCalls, LargeArgumentsAndResults) {
  auto pool = TypeParam::make({.processes = 2});
  const std::string large(3 << 20, 'x');
  std::vector<mp::AsyncResult<std::string>> results;
  for (int n = 0; n < 8; ++n) {
    results.push_back(pool.apply_async(twice, large));
  }
  for (const auto& result : results) {
    EXPECT_EQ(result.get(very_long).size(), 2 * large.size());
  }
}

}  // namespace
