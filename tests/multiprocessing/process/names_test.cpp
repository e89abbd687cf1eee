// One header has all names of Python's package.

#include <progeny/multiprocessing.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <thread>
#include <type_traits>

namespace {

namespace mp = progeny::multiprocessing;

// MP-002. Names without a counterpart are listed in docs/python_differences.md; the test of the
// tour checks that list. The build checks that each header compiles alone.
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
  EXPECT_NE(&mp::forkserver::ensure_running, nullptr);
}

// MP-002: what `from multiprocessing import *` gives, except Manager and Pool.
TEST(Names, OfThePackageListingAreThere) {
  static_assert(std::is_base_of_v<mp::ProcessError, mp::AuthenticationError>);
  static_assert(std::is_base_of_v<mp::ProcessError, mp::BufferTooShort>);
  static_assert(std::is_base_of_v<mp::ProcessError, mp::TimeoutError>);
  static_assert(std::is_default_constructible_v<mp::Lock>);
  static_assert(std::is_default_constructible_v<mp::RLock>);
  static_assert(std::is_default_constructible_v<mp::Semaphore>);
  static_assert(std::is_default_constructible_v<mp::BoundedSemaphore>);
  static_assert(std::is_default_constructible_v<mp::Condition>);
  EXPECT_EQ(mp::current_process().name(), "MainProcess");
  EXPECT_FALSE(mp::parent_process());
  EXPECT_TRUE(mp::active_children().empty());
  EXPECT_EQ(mp::get_start_method(true), std::nullopt);
  EXPECT_FALSE(mp::get_all_start_methods().empty());
  EXPECT_NE(&mp::set_start_method, nullptr);
  EXPECT_EQ(&mp::get_logger(), &mp::get_logger());
}

// MP-002
TEST(Names, OfTheModulesWithTemplatesAreThere) {
  static_assert(std::is_same_v<mp::Queue<int>, mp::queues::Queue<int>>);
  static_assert(std::is_same_v<mp::JoinableQueue<int>, mp::queues::JoinableQueue<int>>);
  static_assert(std::is_same_v<mp::SimpleQueue<int>, mp::queues::SimpleQueue<int>>);
  static_assert(std::is_constructible_v<mp::Queue<int>, std::ptrdiff_t>);
  static_assert(std::is_base_of_v<mp::Queue<int>, mp::JoinableQueue<int>>);
  static_assert(std::is_same_v<mp::Value<int>, mp::sharedctypes::Value<int>>);
  static_assert(std::is_same_v<mp::Array<int>, mp::sharedctypes::Array<int>>);
  static_assert(std::is_same_v<mp::RawValue<int>, mp::sharedctypes::RawValue<int>>);
  static_assert(std::is_same_v<mp::RawArray<int>, mp::sharedctypes::RawArray<int>>);
  const mp::RawValue<int> value(5);
  EXPECT_EQ(mp::sharedctypes::copy(value).value(), 5);
  EXPECT_EQ(mp::sharedctypes::synchronized(value).value(), 5);
}

// MP-002
TEST(Names, OfTheOtherModulesAreThere) {
  static_assert(std::is_class_v<mp::connection::Listener>);
  static_assert(std::is_class_v<mp::shared_memory::SharedMemory>);
  static_assert(std::is_class_v<mp::shared_memory::ShareableList>);
  static_assert(std::is_class_v<mp::managers::SharedMemoryManager>);
  static_assert(std::is_class_v<mp::reduction::DupFd>);
  static_assert(std::is_same_v<mp::resource_sharer::DupFd, mp::reduction::DupFd>);
  EXPECT_EQ(mp::connection::wait({}, std::chrono::seconds(0)).size(), 0U);
  EXPECT_NE(&mp::reduction::recv_handle, nullptr);
  EXPECT_NE(&mp::reduction::sendfds, nullptr);
  EXPECT_NE(&mp::reduction::recvfds, nullptr);
  EXPECT_NE(&mp::util::register_after_fork, nullptr);
  EXPECT_NE(&mp::util::get_temp_dir, nullptr);
}

// MP-003
TEST(CpuCount, IsThatOfTheMachine) {
  EXPECT_GE(mp::cpu_count(), 1);
  EXPECT_GE(static_cast<unsigned>(mp::cpu_count()), std::thread::hardware_concurrency());
}

}  // namespace
