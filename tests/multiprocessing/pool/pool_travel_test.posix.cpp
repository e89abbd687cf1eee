// What cannot travel to a worker or back, and what needs more than bytes to do so.

#include "multiprocessing/pool/pools.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/pool.hpp>
#include <progeny/serial.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace progeny::testing {

/// A value that can be sent, but not read.
struct Unreadable {
  int value = 0;
};
/// A value that cannot be sent.
struct Unsendable {
  int value = 0;
};

}  // namespace progeny::testing

namespace progeny::serial {

template <>
struct Codec<testing::Unreadable> {
  static void save(Writer& writer, const testing::Unreadable& value) { writer.write(value.value); }
  static testing::Unreadable load(Reader& reader) { reader.fail("it is unreadable"); }
};
template <>
struct Codec<testing::Unsendable> {
  static void save(Writer& /*writer*/, const testing::Unsendable& /*value*/) {
    throw std::runtime_error("it is unsendable");
  }
  static testing::Unsendable load(Reader& /*reader*/) { return {}; }
};

}  // namespace progeny::serial

namespace {

using progeny::testing::square;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;
using progeny::testing::Unreadable;
using progeny::testing::Unsendable;

template <class Kind>
class PoolTravel : public progeny::testing::PoolTest {};
TYPED_TEST_SUITE(PoolTravel, progeny::testing::ProcessPools, progeny::testing::NameOfPool);

// MP-248
TYPED_TEST(PoolTravel, ArgumentsThatCannotBeSent) {
  auto pool = TypeParam::make({.processes = 1});
  const auto use = [](const Unsendable& value) { return value.value; };
  EXPECT_THROW(pool.apply_async(use, Unsendable{}).get(very_long), std::runtime_error);
  EXPECT_THROW(pool.map(use, std::vector<Unsendable>(10)), std::runtime_error);
  int captured = 3;
  const auto closure = [captured](int x) { return x + captured; };
  if (std::string(progeny::testing::NameOfPool::GetName<TypeParam>(0)) == "fork") {
    EXPECT_EQ(pool.apply(closure, 1), 4);
  } else {
    EXPECT_THROW(pool.apply(closure, 1), progeny::RuntimeError);
  }
  EXPECT_EQ(pool.apply(square, 3), 9);
}

// MP-249
TYPED_TEST(PoolTravel, ResultsThatCannotBeSent) {
  auto pool = TypeParam::make({.processes = 1});
  const auto pids = pool.pids();
  for (int n = 0; n < 20; ++n) {
    std::string text;
    const auto result = pool.apply_async({.error_callback =
                                              [&](const std::exception_ptr& error) {
                                                try {
                                                  std::rethrow_exception(error);
                                                } catch (const mp::MaybeEncodingError& wrong) {
                                                  text = wrong.what();
                                                }
                                              }},
                                         [] { return Unsendable{}; });
    EXPECT_THROW(result.get(very_long), mp::MaybeEncodingError);
    EXPECT_NE(text.find("it is unsendable"), std::string::npos) << text;
  }
  EXPECT_EQ(pool.pids(), pids);
}

// MP-250
TYPED_TEST(PoolTravel, ResultsThatCannotBeRead) {
  auto pool = TypeParam::make({.processes = 1});
  const auto result = pool.apply_async([] { return Unreadable{}; });
  EXPECT_TRUE(result.wait(very_long));
  EXPECT_THROW(result.get(), progeny::serial::DecodeError);
  EXPECT_EQ(pool.apply(square, 3), 9);
}

// Connections and locks among the arguments and results.
TYPED_TEST(PoolTravel, HandlesTravel) {
  auto pool = TypeParam::make({.processes = 1});
  auto [ours, theirs] = mp::Pipe();
  auto back = pool.apply_async(
      [](mp::Connection connection) {
        connection.send(std::string("from the worker"));
        return connection;
      },
      std::move(theirs));
  static_cast<void>(back.get(very_long));
  EXPECT_EQ(ours.template recv<std::string>(), "from the worker");
}

}  // namespace
