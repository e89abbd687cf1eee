#include "platform/memory/anonymous_memory.hpp"
#include "platform/memory/mapping.hpp"
#include "platform/system/processor.hpp"
#include "support/children/process_copy.posix.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <span>
#include <string>

#include <sched.h>
#include <sys/mman.h>

namespace progeny::platform {

namespace {

// The system is asked again after so many answers at the latest.
constexpr int many_answers = 100'000;

int usable_processors() {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  return ::sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 0;
}

TEST(Processors, AreAsManyAsThisProcessMayUse) {
  EXPECT_EQ(has_several_processors(), usable_processors() > 1);
}

TEST(Processors, AreAskedForNowAndThen) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              static_cast<void>(has_several_processors());
              cpu_set_t first;
              CPU_ZERO(&first);
              CPU_SET(::sched_getcpu(), &first);
              if (::sched_setaffinity(0, sizeof first, &first) != 0) {
                return 1;
              }
              for (int answer = 0; answer < many_answers; ++answer) {
                if (!has_several_processors()) {
                  return 0;
                }
              }
              return 2;
            }),
            0);
}

TEST(FetchToWrite, ChangesNothingAndTouchesNothingBeyond) {
  void* const pages =
      ::mmap(nullptr, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  auto* const bytes = static_cast<std::byte*>(pages);
  ASSERT_EQ(::mprotect(bytes + page_size(), page_size(), PROT_NONE), 0);
  std::memset(pages, 7, page_size());
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65}, page_size()}) {
    fetch_to_write({bytes + page_size() - size, size});
  }
  for (std::size_t i = 0; i < page_size(); ++i) {
    ASSERT_EQ(bytes[i], std::byte{7});
  }
  ::munmap(pages, 2 * page_size());
}

TEST(ProcessorCount, IsThatOfTheProcessorsThatRun) {
  std::ifstream file("/proc/stat");
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    count += line.starts_with("cpu") && !line.starts_with("cpu ") ? 1 : 0;
  }
  EXPECT_EQ(processor_count(), count);
}

}  // namespace

}  // namespace progeny::platform
