#include "platform/system/processor.hpp"

#include <atomic>
#include <cstdint>

#include <sched.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// How many answers are given before the system is asked again: who pins a process to one processor
// does so once.
constexpr std::uint32_t answers_of_one_question = 1024;

bool ask() noexcept {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  // It fails only if there are more than the set has room for.
  return ::sched_getaffinity(0, sizeof processors, &processors) != 0 || CPU_COUNT(&processors) > 1;
}

}  // namespace

int processor_count() noexcept {
  const long count = ::sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? static_cast<int>(count) : 0;
}

bool has_several_processors() noexcept {
  static std::atomic<bool> several{false};
  static std::atomic<std::uint32_t> answers{0};
  if (answers.fetch_add(1, std::memory_order_relaxed) % answers_of_one_question == 0) {
    several.store(ask(), std::memory_order_relaxed);
  }
  return several.load(std::memory_order_relaxed);
}

void pause_processor() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Processors that do not know the instruction take it for none.
#if defined(__x86_64__) || defined(__i386__)
[[gnu::target("prfchw")]]
#endif
void fetch_to_write(std::span<const std::byte> memory) noexcept {
  constexpr std::size_t line = 64;
  for (std::size_t offset = 0; offset < memory.size(); offset += line) {
    __builtin_prefetch(&memory[offset], 1);
  }
}

}  // namespace progeny::platform
