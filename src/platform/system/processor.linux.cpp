#include "platform/system/processor.hpp"

#include <atomic>
#include <cstdint>

#include <sched.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// One system call for so many answers: processes are pinned to a processor rarely, and mostly once.
constexpr std::uint32_t answers_per_call = 1024;

bool ask() noexcept {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  // It fails only if the machine has more processors than the set has room for.
  return ::sched_getaffinity(0, sizeof processors, &processors) != 0 || CPU_COUNT(&processors) > 1;
}

}  // namespace

int processor_count() noexcept {
  const long count = ::sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? static_cast<int>(count) : 0;
}

bool has_several_processors() noexcept {
  // Relaxed: the two guard nothing else, and an answer that is out of date costs only time.
  static std::atomic<bool> several{false};
  static std::atomic<std::uint32_t> answers{0};
  if (answers.fetch_add(1, std::memory_order_relaxed) % answers_per_call == 0) {
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

// Processors that lack PREFETCHW execute it as a no-operation, so it needs no check at run time.
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
