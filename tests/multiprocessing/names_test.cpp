// Python's names are there, by way of the one header.

#include <progeny/multiprocessing.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <thread>
#include <type_traits>

namespace {

namespace mp = progeny::multiprocessing;

// MP-002: of the names of the notebook that have no counterpart here, docs/python_differences.md
// tells, and the tour's test checks that. That each header compiles alone, the build checks.
TEST(Names, OfThePackageAreThere) {
  static_assert(std::is_same_v<mp::Connection, mp::connection::Connection>);
  static_assert(std::is_base_of_v<mp::Process, mp::Subclass<int>>);
  static_assert(std::is_constructible_v<mp::util::Finalize, std::function<void()>>);
  static_assert(std::is_base_of_v<mp::Semaphore, mp::BoundedSemaphore>);
  static_assert(std::is_constructible_v<mp::Condition, mp::Lock>);
  static_assert(std::is_constructible_v<mp::Condition, mp::RLock>);
  static_assert(std::is_constructible_v<mp::Barrier, int>);
  static_assert(std::is_default_constructible_v<mp::Event>);
  const auto& context = mp::get_context();
  EXPECT_EQ(context.get_context(), context);
  mp::allow_connection_pickling();
  mp::freeze_support(0, nullptr);
  EXPECT_TRUE(mp::Pipe().first.readable());
  EXPECT_NE(&mp::connection::Client, nullptr);
  EXPECT_NE(&mp::reducer::send_handle, nullptr);
  EXPECT_NE(&mp::resource_sharer::stop, nullptr);
  EXPECT_NE(&mp::log_to_stderr, nullptr);
  EXPECT_NE(&mp::set_executable, nullptr);
  EXPECT_NE(&mp::set_forkserver_preload, nullptr);
}

// MP-003
TEST(CpuCount, IsThatOfTheMachine) {
  EXPECT_GE(mp::cpu_count(), 1);
  EXPECT_GE(static_cast<unsigned>(mp::cpu_count()), std::thread::hardware_concurrency());
}

}  // namespace
