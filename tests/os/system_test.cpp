#include "support/children/endings.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os/system.hpp>

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace {

using namespace progeny::testing;
namespace os = progeny::os;

// SP-203
TEST(OsSystem, ReturnsTheWaitStatusOfAnExit) {
  EXPECT_EQ(os::system("exit 0"), 0);
  EXPECT_EQ(os::system("exit 3"), wait_status_of_exit(3));
}

// SP-203
TEST(OsSystem, IsZeroForAnEmptyCommand) {
  EXPECT_EQ(os::system(""), 0);
}

// SP-203
TEST(OsSystem, RefusesANulByte) {
  EXPECT_THROW(os::system(std::string("exit 0\0", 7)), progeny::ValueError);
}

// SP-203
TEST(OsSystem, MayRunInManyThreads) {
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(os::system("exit " + std::to_string(thread)), wait_status_of_exit(thread));
      }
    });
  }
}

}  // namespace
