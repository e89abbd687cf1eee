#include "support/system/process_facts.hpp"

#include <thread>

namespace progeny::testing {

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + very_long;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

std::string pattern(std::size_t count) {
  std::string bytes;
  bytes.reserve(count + 16);
  for (std::size_t number = 0; bytes.size() < count; ++number) {
    bytes += std::to_string(number) + '\n';
  }
  bytes.resize(count);
  return bytes;
}

}  // namespace progeny::testing
