#include "platform/launch/launch.hpp"
#include "support/children/child_args.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <new>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
using progeny::Handle;
namespace sp = progeny::subprocess;

constexpr std::size_t mebibyte = 1UL << 20U;
constexpr std::size_t gibibyte = 1UL << 30U;

// No more than one process of this program at a time: two may be more than the machine has.
class MemoryTurn {
 public:
  MemoryTurn() : program_(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)) {
    EXPECT_EQ(::flock(program_.get(), LOCK_EX), 0);
  }

 private:
  Handle program_;
};

// Memory of this process that is there page by page, and can be written.
class TouchedMemory {
 public:
  explicit TouchedMemory(std::size_t size)
      : size_(size),
        bytes_(static_cast<char*>(::mmap(nullptr,
                                         size,
                                         PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
                                         -1,
                                         0))) {
    if (bytes_ == MAP_FAILED) {
      throw std::bad_alloc();
    }
    write_everywhere();
  }
  TouchedMemory(const TouchedMemory&) = delete;
  TouchedMemory& operator=(const TouchedMemory&) = delete;
  ~TouchedMemory() { ::munmap(bytes_, size_); }

  // So many places are written by `write_everywhere`: one in each page of the largest usual kind.
  [[nodiscard]] long places() const { return static_cast<long>(size_ / step); }

  // Writes, and returns how many page faults this thread had of it. After a fork(2) the system has
  // to give it each page back for writing, which is a fault; memory that was not copied has none.
  long write_everywhere() {
    const long before = faults();
    for (std::size_t at = 0; at < size_; at += step) {
      static_cast<volatile char*>(bytes_)[at] = 1;
    }
    return faults() - before;
  }

 private:
  static constexpr std::size_t step = 2 * mebibyte;

  static long faults() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt;
  }

  std::size_t size_;
  char* bytes_;
};

std::size_t available_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string word; file >> word;) {
    if (std::size_t kibibytes = 0; word == "MemAvailable:" && file >> kibibytes) {
      return kibibytes * 1024;
    }
  }
  return 0;
}

// 4 GiB, or what a small machine has for it.
std::size_t large() {
  if (available_memory() >= 6 * gibibyte) {
    return 4 * gibibyte;
  }
  std::printf("less than 6 GiB are available: the parent holds 1 GiB instead of 4\n");
  return gibibyte;
}

// All options of a child but a hook.
sp::Options all_but_a_hook() {
  sp::Options options = all_pipes();
  options.cwd = "/";
  options.env = {{"PROGENY_FRUIT", "apple"}};
  options.start_new_session = true;
  options.user = ::geteuid();
  options.umask = 022;
  return options;
}

// Launches a child, writes while it runs, and returns the number of page faults of that.
long faults_after_launch(TouchedMemory& memory, const sp::Options& options) {
  sp::Popen p(child("echo_stdin"), options);
  const long faults = memory.write_everywhere();
  EXPECT_EQ(p.communicate("pear").std_out, "pear");
  return faults;
}

TEST(LargeParent, IsNotCopiedUnlessForkIsAllThereIs) {
  const MemoryTurn turn;
  TouchedMemory memory(large());
  const bool copied = std::string(progeny::platform::launch_back_end()) == "fork";
  for (const sp::Options& options : {all_pipes(), all_but_a_hook()}) {
    const long faults = faults_after_launch(memory, options);
    if (copied) {
      EXPECT_GE(faults, memory.places());
    } else {
      // Other page faults, which the system causes meanwhile, must not matter.
      EXPECT_LT(faults, memory.places() / 4);
    }
  }
}

// This also shows that the page faults reveal a copy.
TEST(LargeParent, IsCopiedForAHook) {
  const MemoryTurn turn;
  TouchedMemory memory(256 * mebibyte);
  sp::Options options = all_pipes();
  options.preexec_fn = [] {};
  EXPECT_GE(faults_after_launch(memory, options), memory.places());
}

}  // namespace
