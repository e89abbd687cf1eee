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
//
// A thread whose list the kernel does not know (set_robust_list(2) denied, as by a sandbox) leaves
// the mutex free, as nobody would ever free it. It claims the slot by its process's number instead:
//
//   pid    the futex word     is_over(its number)
//   0      as above           as above
//   N      0, or for a        whether process N, born at `birth`, has ended
//          moment a TID
//
// Each claim begins with the mutex, so that two of them do not meet.

#include "platform/memory/liveness_slot.hpp"

#include "platform/system/errno.posix.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <fcntl.h>
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

bool is_claimed_by_number(const LivenessSlot& slot) noexcept {
  return slot.pid.load(std::memory_order_acquire) != 0;
}

// The end of /proc/PID/stat, behind the name, which may contain anything. proc(5): the state comes
// first, and the 20th is the time of the start.
struct ProcessFacts {
  char state = '?';
  std::uint32_t birth = 0;
};

std::optional<ProcessFacts> facts_of(int pid) noexcept {
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/stat", pid);
  // Not lifted: it is closed again at once.
  const int file = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (file == -1) {
    return std::nullopt;
  }
  std::array<char, 1024> text{};
  const ssize_t length = ::read(file, text.data(), text.size() - 1);
  ::close(file);
  const char* at = length > 0 ? std::strrchr(text.data(), ')') : nullptr;
  if (at == nullptr || at[1] == '\0') {
    return std::nullopt;
  }
  at += 2;
  ProcessFacts facts{.state = *at};
  constexpr int fields_before_birth = 19;
  for (int field = 0; field < fields_before_birth && at != nullptr; ++field) {
    at = std::strchr(at + 1, ' ');
  }
  if (at != nullptr) {
    facts.birth = static_cast<std::uint32_t>(std::strtoull(at, nullptr, 10));
  }
  return facts;
}

std::optional<std::uint32_t> birth_of(int pid) noexcept {
  const auto facts = facts_of(pid);
  return facts ? std::optional(facts->birth) : std::nullopt;
}

// Whether the process that has claimed the slot by its number has not ended. A zombie has. Without
// /proc only the number tells, so a zombie runs, and so does another process with that number.
bool is_running(const LivenessSlot& slot) noexcept {
  const ErrnoKeeper keeper;
  const auto pid = static_cast<int>(slot.pid.load(std::memory_order_acquire));
  const std::uint32_t birth = slot.birth.load(std::memory_order_relaxed);
  if (const auto facts = facts_of(pid)) {
    return facts->state != 'Z' && facts->state != 'X' && (birth == 0 || facts->birth == birth);
  }
  return ::kill(pid, 0) == 0 || errno != ESRCH;
}

}  // namespace

bool ends_are_marked() noexcept {
  void* list = nullptr;
  std::size_t size = 0;
  return ::syscall(SYS_get_robust_list, 0, &list, &size) == 0 && list != nullptr;
}

std::uint32_t claim(LivenessSlot& slot) noexcept {
  if (!prepare(slot)) {
    return 0;
  }
  const int result = ::pthread_mutex_trylock(&mutex_of(slot));
  if (result != 0 && result != EOWNERDEAD) {
    return 0;
  }
  if (result == EOWNERDEAD) {
    ::pthread_mutex_consistent(&mutex_of(slot));
  }
  if (is_claimed_by_number(slot) && is_running(slot)) {
    ::pthread_mutex_unlock(&mutex_of(slot));
    return 0;
  }
  const bool is_marked = ends_are_marked();
  const int pid = ::getpid();
  slot.birth.store(is_marked ? 0 : birth_of(pid).value_or(0), std::memory_order_relaxed);
  slot.pid.store(is_marked ? 0 : static_cast<std::uint32_t>(pid), std::memory_order_release);
  // trylock has replaced FUTEX_OWNER_DIED by our thread's number, so for a moment the last claim
  // looks alive again. From here on it is over for good. Waiters that looked in that moment are
  // woken by spread_end, and look again. The release pairs with is_over's acquire: a thread that
  // finds the last claim over also sees what the last claimer wrote.
  const std::uint32_t number = slot.claims.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (!is_marked) {
    ::pthread_mutex_unlock(&mutex_of(slot));
  }
  if (result == EOWNERDEAD) {
    spread_end(slot);
  }
  return number;
}

// The number first: an unlocked word alone does not tell is_over that the claim has ended.
void give_up(LivenessSlot& slot) noexcept {
  slot.claims.fetch_add(1, std::memory_order_acq_rel);
  if (is_claimed_by_number(slot)) {
    slot.pid.store(0, std::memory_order_release);
  } else {
    ::pthread_mutex_unlock(&mutex_of(slot));
  }
  spread_end(slot);
}

bool is_over(const LivenessSlot& slot, std::uint32_t number) noexcept {
  if (slot.claims.load(std::memory_order_acquire) != number) {
    return true;
  }
  return is_claimed_by_number(slot)
             ? !is_running(slot)
             : (word_of(slot).load(std::memory_order_acquire) & FUTEX_OWNER_DIED) != 0;
}

FutexWait watch(LivenessSlot& slot) noexcept {
  FutexWord& word = word_of(slot);
  std::uint32_t seen = word.load(std::memory_order_acquire);
  if (is_claimed_by_number(slot)) {
    return {.word = &word, .expected = seen};
  }
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
