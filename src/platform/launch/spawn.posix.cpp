#include "platform/launch/spawn.posix.hpp"

#include "platform/system/errno.posix.hpp"
#include "platform/system/features.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <optional>
#include <span>

#include <sys/wait.h>
#include <unistd.h>

// Of POSIX.1-2024: fork(2) without handlers. In glibc from 2.34 on; null before.
extern "C" [[gnu::weak]] pid_t
_Fork() noexcept;  // NOLINT: the name and the declaration are the system's.

namespace progeny::platform {

namespace {

constexpr std::array from_the_fastest{
    BackEnd::clone3, BackEnd::clone, BackEnd::vfork, BackEnd::fork};

// Whether the back end works here. Nothing if the system had no room for a process at the moment,
// so that it remains unknown.
std::optional<bool> is_available(BackEnd back_end) noexcept;

struct Choice {
  BackEnd back_end = BackEnd::fork;
  bool is_final = true;  // False if a faster one may still turn out to work.
};

Choice choose_among(std::span<const BackEnd> candidates) noexcept {
  for (const BackEnd back_end : candidates) {
    const std::optional<bool> available = is_available(back_end);
    if (!available) {
      return {.back_end = back_end, .is_final = false};
    }
    if (*available) {
      return {.back_end = back_end};
    }
  }
  return {};
}

Choice choose() noexcept {
  std::array candidates = from_the_fastest;
  const auto forced = std::ranges::find_if(
      candidates, [](BackEnd back_end) { return forced_launch() == name_of(back_end); });
  if (forced != candidates.end()) {
    std::rotate(candidates.begin(), forced, forced + 1);
  }
  return choose_among(candidates);
}

}  // namespace

const char* name_of(BackEnd back_end) noexcept {
  switch (back_end) {
    case BackEnd::clone3:
      return "clone3";
    case BackEnd::clone:
      return "clone";
    case BackEnd::vfork:
      return "vfork";
    case BackEnd::fork:
      return "fork";
  }
  return "fork";
}

Spawned spawn(BackEnd back_end, ChildPlan& plan) noexcept {
  switch (back_end) {
    case BackEnd::clone3:
      return spawn_clone3(plan);
    case BackEnd::clone:
      return spawn_clone(plan);
    case BackEnd::vfork:
      return spawn_vfork(plan);
    case BackEnd::fork:
      return spawn_fork(plan);
  }
  return {};
}

// The child runs in this frame until it has left the memory, and the parent then finds the frame as
// the child left it (vfork(2)). So the child does nothing here but call child_exec.
Spawned spawn_vfork(ChildPlan& plan) noexcept {
  plan.resets_handlers = true;
  // The checks forbid vfork(2) as easily misused; the comment above says why this use is right.
  // NOLINTNEXTLINE(bugprone-unsafe-functions,clang-analyzer-security.insecureAPI.vfork)
  const pid_t pid = ::vfork();
  if (pid == 0) {
    child_exec(plan);  // NOLINT(clang-analyzer-unix.Vfork): written for this.
  }
  return {.pid = pid, .error = pid == -1 ? errno : 0};
}

// Handlers of pthread_atfork(3), of the host and of this library, would run between the blocking of
// all signals and exec, and take locks that the caller of the launch may hold. Only a hook, which
// is any code of the host, needs what they do.
Spawned spawn_fork(ChildPlan& plan) noexcept {
  plan.resets_handlers = true;
  const bool has_hook = plan.hook != nullptr;
  const pid_t pid = has_hook || _Fork == nullptr ? ::fork() : _Fork();
  if (pid == 0) {
    child_exec(plan);
  }
  return {.pid = pid, .error = pid == -1 ? errno : 0};
}

namespace {

std::optional<bool> try_to_share_memory(BackEnd back_end) noexcept {
  const ErrnoKeeper keeper;
  const SignalsBlocked blocked;
  const char* const no_candidate = nullptr;
  char* const no_argument = nullptr;
  ChildPlan plan;
  plan.candidates = &no_candidate;
  plan.arguments = &no_argument;
  plan.environment = &no_argument;
  plan.signal_mask = blocked.before();
  const Spawned spawned = spawn(back_end, plan);
  if (spawned.pid == -1) {
    return is_refusal(spawned.error) ? std::optional(false) : std::nullopt;
  }
  if (spawned.process != -1) {
    ::close(spawned.process);
  }
  static_cast<void>(retry_interrupted([&] { return ::waitpid(spawned.pid, nullptr, 0); }));
  return plan.report.magic == ChildReport::expected_magic;
}

std::optional<bool> is_available(BackEnd back_end) noexcept {
  return back_end == BackEnd::fork ? std::optional(true) : try_to_share_memory(back_end);
}

}  // namespace

bool shares_memory(BackEnd back_end) noexcept {
  return try_to_share_memory(back_end).value_or(false);
}

BackEnd default_back_end() noexcept {
  // Relaxed: the number is all there is, and threads that choose at the same time choose alike.
  static std::atomic<int> chosen = -1;
  const int known = chosen.load(std::memory_order_relaxed);
  if (known != -1) {
    return static_cast<BackEnd>(known);
  }
  const Choice choice = choose();
  if (choice.is_final) {
    chosen.store(static_cast<int>(choice.back_end), std::memory_order_relaxed);
  }
  return choice.back_end;
}

bool is_refusal(int error) noexcept {
  return error == ENOSYS || error == EPERM || error == EACCES || error == EINVAL || error == E2BIG;
}

}  // namespace progeny::platform
