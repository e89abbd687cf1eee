#include "platform/memory/anonymous_memory.hpp"
#include "platform/memory/mapping.hpp"
#include "platform/memory/page_advice.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <sys/mman.h>

namespace progeny::platform {

namespace {

constexpr std::size_t large = std::size_t{8} << 20;

// What the kernel has noted down about the memory at an address: flags such as `hg`, for advised to
// use large pages (proc(5), smaps).
std::string flags_of_memory(const void* address) {
  std::ifstream file("/proc/self/smaps");
  bool is_inside = false;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::size_t begin = 0;
    std::size_t end = 0;
    char dash = 0;
    if (words >> std::hex >> begin >> dash >> end && dash == '-') {
      const auto place = reinterpret_cast<std::size_t>(address);
      is_inside = begin <= place && place < end;
    } else if (is_inside && line.starts_with("VmFlags:")) {
      return line + " ";
    }
  }
  return {};
}

TEST(AdviseBulkMemory, ReachesTheKernelAndChangesNothing) {
  void* const memory =
      ::mmap(nullptr, large, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  std::memset(memory, 7, large);
  errno = ENOTTY;
  advise_large_pages(memory, large);
  EXPECT_EQ(errno, ENOTTY);
  const auto* const bytes = static_cast<const unsigned char*>(memory);
  EXPECT_EQ(bytes[0], 7);
  EXPECT_EQ(bytes[large - 1], 7);
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  if (file) {
    EXPECT_NE(flags_of_memory(memory).find(" hg "), std::string::npos);
  }
  ::munmap(memory, large);
}

// The bytes around the pages stay out of it, as they may be another object's.
TEST(AdviseBulkMemory, IsAboutWholePagesOfTheBlock) {
  const std::size_t page = page_size();
  void* const memory =
      ::mmap(nullptr, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto* const bytes = static_cast<char*>(memory);
  advise_large_pages(bytes + 1, page);
  EXPECT_EQ(flags_of_memory(bytes).find(" hg "), std::string::npos);
  advise_large_pages(bytes + 1, 3 * page - 1);
  EXPECT_EQ(flags_of_memory(bytes).find(" hg "), std::string::npos);
  EXPECT_EQ(flags_of_memory(bytes + 3 * page).find(" hg "), std::string::npos);
  ::munmap(memory, 4 * page);
}

TEST(AdviseBulkMemory, TakesAnyBlock) {
  std::vector<char> small(10, 'x');
  advise_large_pages(small.data(), small.size());
  advise_large_pages(small.data(), 0);
  EXPECT_EQ(small, std::vector<char>(10, 'x'));
}

}  // namespace

}  // namespace progeny::platform
