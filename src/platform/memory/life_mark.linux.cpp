// A mark is a robust mutex that its claimer never unlocks. When a thread ends, the kernel walks the
// list of the robust mutexes it holds, set_robust_list(2): in the futex word of each it puts
// FUTEX_OWNER_DIED in the place of the thread's number, and wakes one waiter if FUTEX_WAITERS is
// set. The word is waited on directly, as the mutex itself cannot be together with others.

#include "platform/memory/life_mark.hpp"

#include <cerrno>
#include <memory>

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

static_assert(sizeof(pthread_mutex_t) <= sizeof(LifeMark::mutex));

// Values of `LifeMark::stage`. Who dies while it prepares a place leaves it unused for ever.
constexpr std::uint32_t fresh = 0;
constexpr std::uint32_t in_preparation = 1;
constexpr std::uint32_t prepared = 2;

pthread_mutex_t& mutex_of(LifeMark& mark) noexcept {
  // NOLINTNEXTLINE(misc-non-copyable-objects): a reference, which the check takes for a copy.
  return *reinterpret_cast<pthread_mutex_t*>(mark.mutex.data());
}

// The word that the kernel marks, which glibc keeps first in its mutexes.
FutexWord& word_of(LifeMark& mark) noexcept {
  return *reinterpret_cast<FutexWord*>(&mutex_of(mark).__data.__lock);
}

const FutexWord& word_of(const LifeMark& mark) noexcept {
  return *reinterpret_cast<const FutexWord*>(
      &reinterpret_cast<const pthread_mutex_t*>(mark.mutex.data())->__data.__lock);
}

bool prepare(LifeMark& mark) noexcept {
  std::uint32_t stage = fresh;
  if (!mark.stage.compare_exchange_strong(stage, in_preparation, std::memory_order_acquire)) {
    return stage == prepared;
  }
  pthread_mutexattr_t attributes{};
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ::pthread_mutex_init(&mutex_of(mark), &attributes);
  ::pthread_mutexattr_destroy(&attributes);
  mark.stage.store(prepared, std::memory_order_release);
  return true;
}

}  // namespace

std::uint32_t claim(LifeMark& mark) noexcept {
  if (!prepare(mark)) {
    return 0;
  }
  const int result = ::pthread_mutex_trylock(&mutex_of(mark));
  if (result != 0 && result != EOWNERDEAD) {
    return 0;
  }
  // From here on the last claim is over, whatever becomes of this one.
  const std::uint32_t number = mark.claims.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (result == EOWNERDEAD) {
    ::pthread_mutex_consistent(&mutex_of(mark));
    spread_end(mark);
  }
  return number;
}

void give_up(LifeMark& mark) noexcept {
  mark.claims.fetch_add(1, std::memory_order_acq_rel);
  ::pthread_mutex_unlock(&mutex_of(mark));
  spread_end(mark);
}

bool is_over(const LifeMark& mark, std::uint32_t number) noexcept {
  return mark.claims.load(std::memory_order_acquire) != number ||
         (word_of(mark).load(std::memory_order_acquire) & FUTEX_OWNER_DIED) != 0;
}

FutexWait watch(LifeMark& mark) noexcept {
  FutexWord& word = word_of(mark);
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

void spread_end(LifeMark& mark) noexcept {
  wake_all(word_of(mark));
}

bool is_main_thread() noexcept {
  return ::syscall(SYS_gettid) == ::getpid();
}

}  // namespace progeny::platform
