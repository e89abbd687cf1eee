// A slot is a robust mutex that its claimer never unlocks. When a thread ends, the kernel walks the
// list of the robust mutexes it holds, set_robust_list(2): in the futex word of each it puts
// FUTEX_OWNER_DIED in the place of the thread's number, and wakes one waiter if FUTEX_WAITERS is
// set. The word is waited on directly, as the mutex itself cannot be together with others.

#include "platform/memory/liveness_slot.hpp"

#include <cerrno>
#include <memory>

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

static_assert(sizeof(pthread_mutex_t) <= sizeof(LivenessSlot::mutex));

// Values of `LivenessSlot::stage`. Who dies while it prepares a place leaves it unused for ever.
constexpr std::uint32_t fresh = 0;
constexpr std::uint32_t in_preparation = 1;
constexpr std::uint32_t prepared = 2;

pthread_mutex_t& mutex_of(LivenessSlot& slot) noexcept {
  // NOLINTNEXTLINE(misc-non-copyable-objects): a reference, which the check takes for a copy.
  return *reinterpret_cast<pthread_mutex_t*>(slot.mutex.data());
}

// The word that the kernel marks, which glibc keeps first in its mutexes.
FutexWord& word_of(LivenessSlot& slot) noexcept {
  return *reinterpret_cast<FutexWord*>(&mutex_of(slot).__data.__lock);
}

const FutexWord& word_of(const LivenessSlot& slot) noexcept {
  return *reinterpret_cast<const FutexWord*>(
      &reinterpret_cast<const pthread_mutex_t*>(slot.mutex.data())->__data.__lock);
}

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
  // From here on the last claim is over, whatever becomes of this one.
  const std::uint32_t number = slot.claims.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (result == EOWNERDEAD) {
    ::pthread_mutex_consistent(&mutex_of(slot));
    spread_end(slot);
  }
  return number;
}

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
      return {.word = &word, .expected = ~seen};  // Over: nothing to wait for.
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
