// Each allocation of a call fails in turn. Each time the call throws std::bad_alloc, leaves no
// child and no descriptor behind, and works once there is memory again. A program of its own,
// because it replaces the allocator.

#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <new>

#include <sys/wait.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// How many more allocations of this thread succeed; negative: all of them.
thread_local long allocations_left = -1;

bool may_allocate() noexcept {
  if (allocations_left < 0) {
    return true;
  }
  if (allocations_left == 0) {
    return false;
  }
  --allocations_left;
  return true;
}

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = may_allocate() ? std::malloc(size == 0 ? 1 : size) : nullptr;
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

bool has_children() {
  return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD;
}

// Lets the first, second, ... allocation of `action` fail, until it needs no more than it gets.
// Says how many there were.
long fail_each_allocation(const std::function<void()>& action) {
  for (long allowed = 0;; ++allowed) {
    const std::size_t descriptors = open_descriptors();
    bool failed = false;
    try {
      allocations_left = allowed;
      action();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    allocations_left = -1;
    EXPECT_EQ(open_descriptors(), descriptors) << "after " << allowed << " allocations";
    EXPECT_FALSE(has_children()) << "after " << allowed << " allocations";
    if (!failed || ::testing::Test::HasFailure()) {
      return allowed;
    }
  }
}

TEST(OutOfMemory, OfPopenLeavesNothingBehind) {
  const sp::Args args = child("exit_with", "0");
  EXPECT_EQ(sp::Popen(args).wait(), 0);  // What is found out once is not the question.
  const long allocations = fail_each_allocation([&] { sp::Popen(args).wait(); });
  EXPECT_GT(allocations, 3);
}

TEST(OutOfMemory, OfPopenWithPipesLeavesNothingBehind) {
  const sp::Args args = child("exit_with", "0");
  const sp::Options options = all_pipes();
  const long allocations = fail_each_allocation([&] { sp::Popen(args, options).wait(); });
  EXPECT_GT(allocations, 6);
}

TEST(OutOfMemory, OfRunLeavesNothingBehind) {
  const sp::Args args = child("print", "out", "err", "0");
  const sp::Options options{.capture_output = true, .text = true};
  const long allocations = fail_each_allocation([&] { sp::run(args, options); });
  EXPECT_GT(allocations, 6);
}

}  // namespace
