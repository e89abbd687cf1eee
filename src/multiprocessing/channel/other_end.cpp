#include "multiprocessing/channel/other_end.hpp"

#include "multiprocessing/memory/roster.hpp"
#include "platform/ipc/hang_up.hpp"

#include <atomic>
#include <cstdint>

namespace progeny::multiprocessing::detail {

// If another process of this end has been `last` since, it stays.
void OtherEnd::leave() noexcept {
  if (MemberId me = roster_.known_me(); me != 0) {
    own_.last.compare_exchange_strong(me, 0, std::memory_order_relaxed);
  }
  own_.closings.fetch_add(1, std::memory_order_release);
}

// Asks the kernel. If some process still has the end, a dead `last` is erased, or the state would
// never be "there" again. If another process has become `last` meanwhile, it stays.
bool OtherEnd::is_hung_up() noexcept {
  const std::uint32_t closings = other_.closings.load(std::memory_order_acquire);
  MemberId last = other_.last.load(std::memory_order_acquire);
  if (platform::is_hung_up(socket_)) {
    return true;
  }
  closings_seen_.store(closings, std::memory_order_relaxed);
  if (last != 0 && roster_.is_dead(last)) {
    other_.last.compare_exchange_strong(last, 0, std::memory_order_relaxed);
  }
  return false;
}

}  // namespace progeny::multiprocessing::detail
