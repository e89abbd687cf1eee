#include "multiprocessing/process/authkey.hpp"

#include "multiprocessing/process/process_core.hpp"
#include "platform/system/random.hpp"

#include <mutex>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::size_t size_of_key = 32;

}  // namespace

std::string current_authkey() {
  auto& self = *own_process().current;
  const std::lock_guard lock(self.mutex);
  if (self.authkey.empty()) {
    self.authkey = platform::random_bytes(size_of_key);
  }
  return self.authkey;
}

void set_current_authkey(const std::string& key) {
  auto& self = *own_process().current;
  const std::lock_guard lock(self.mutex);
  self.authkey = key;
}

}  // namespace progeny::multiprocessing::detail
