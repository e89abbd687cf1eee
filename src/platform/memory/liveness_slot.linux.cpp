// A slot is a robust mutex that its claimer keeps locked. When a thread ends, the kernel walks the
// list of the robust mutexes that it holds (set_robust_list(2)). In the futex word of each it
// replaces the thread's number by FUTEX_OWNER_DIED, and wakes one waiter if FUTEX_WAITERS is set.
//
//   the futex word           means                       is_over(its number)
//   0                        never claimed, or given up  true: `claims` has moved on
//   TID                      claimed                     false
//   TID | FUTEX_WAITERS      claimed, and watched        false
//   FUTEX_OWNER_DIED [| ..]  its thread has ended        true
//
// Waiters wait on the word itself: a wait for the mutex could not be combined with other words.

#include "platform/memory/liveness_slot.hpp"

#include <atomic>
#include <cerrno>

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

static_assert(sizeof(pthread_mutex_t) <= sizeof(LivenessSlot::mutex));

// Values of `LivenessSlot::stage`. If a process is killed while it prepares a slot, the slot stays
// unused for ever.
constexpr std::uint32_t fresh = 0;
constexpr std::uint32_t in_preparation = 1;
constexpr std::uint32_t prepared = 2;

pthread_mutex_t& mutex_of(LivenessSlot& slot) noexcept {
  // NOLINTNEXTLINE(misc-non-copyable-objects): a reference, which the check takes for a copy.
  return *reinterpret_cast<pthread_mutex_t*>(slot.mutex.data());
}

// The futex word of the mutex: glibc's `__lock`, whose place its robust list tells the kernel.
FutexWord& word_of(LivenessSlot& slot) noexcept {
  return *reinterpret_cast<FutexWord*>(&mutex_of(slot).__data.__lock);
}

const FutexWord& word_of(const LivenessSlot& slot) noexcept {
  return *reinterpret_cast<const FutexWord*>(
      &reinterpret_cast<const pthread_mutex_t*>(slot.mutex.data())->__data.__lock);
}

// Initialises the mutex on first use. The acquiring exchange pairs with the releasing store below,
// so that a thread that sees `prepared` also sees the initialised mutex. A thread that loses the
// race against another one's preparation treats the slot as taken.
bool prepare(LivenessSlot& slot) noexcept {
  std::uint32_t stage = fresh;
  if (!slot.stage.compare_exchange_strong(stage, in_preparation, std::memory_order_acquire)) {
    return stage == prepared;
  }
  pthread_mutexattr_t attributes{};
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ::pthread_mutex_init(&mutex_of(slot), &attributes);
  ::pthread_mutexattr_destroy(&attributes);
  slot.stage.store(prepared, std::memory_order_release);
  return true;
}

}  // namespace

std::uint32_t claim(LivenessSlot& slot) noexcept {
  if (!prepare(slot)) {
    return 0;
  }
  const int result = ::pthread_mutex_trylock(&mutex_of(slot));
  if (result != 0 && result != EOWNERDEAD) {
    return 0;
  }
  // trylock has replaced FUTEX_OWNER_DIED by our thread's number, so for a moment the last claim
  // looks alive again. From here on it is over for good. Waiters that looked in that moment are
  // woken by spread_end, and look again. The release pairs with is_over's acquire: a thread that
  // finds the last claim over also sees what the last claimer wrote.
  const std::uint32_t number = slot.claims.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (result == EOWNERDEAD) {
    ::pthread_mutex_consistent(&mutex_of(slot));
    spread_end(slot);
  }
  return number;
}

// The number first: an unlocked word alone does not tell is_over that the claim has ended.
void give_up(LivenessSlot& slot) noexcept {
  slot.claims.fetch_add(1, std::memory_order_acq_rel);
  ::pthread_mutex_unlock(&mutex_of(slot));
  spread_end(slot);
}

bool is_over(const LivenessSlot& slot, std::uint32_t number) noexcept {
  return slot.claims.load(std::memory_order_acquire) != number ||
         (word_of(slot).load(std::memory_order_acquire) & FUTEX_OWNER_DIED) != 0;
}

FutexWait watch(LivenessSlot& slot) noexcept {
  FutexWord& word = word_of(slot);
  std::uint32_t seen = word.load(std::memory_order_acquire);
  for (;;) {
    if ((seen & FUTEX_OWNER_DIED) != 0 || (seen & FUTEX_TID_MASK) == 0) {
      return {.word = &word, .expected = ~seen};  // Over: a wait for another value ends at once.
    }
    const std::uint32_t watched = seen | FUTEX_WAITERS;
    if (seen == watched || word.compare_exchange_weak(seen, watched, std::memory_order_acq_rel)) {
      return {.word = &word, .expected = watched};
    }
  }
}

void spread_end(LivenessSlot& slot) noexcept {
  wake_all(word_of(slot));
}

bool is_main_thread() noexcept {
  return ::syscall(SYS_gettid) == ::getpid();
}

}  // namespace progeny::platform
