#include "platform/spawn.posix.hpp"

#include "platform/features.hpp"
#include "platform/posix_call.hpp"

#include <array>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

constexpr std::array from_the_fastest{
    BackEnd::clone3, BackEnd::clone, BackEnd::vfork, BackEnd::fork};

BackEnd choose() noexcept {
  for (const BackEnd back_end : from_the_fastest) {
    if (forced_launch() == name_of(back_end) &&
        (back_end == BackEnd::fork || shares_memory(back_end))) {
      return back_end;
    }
  }
  for (const BackEnd back_end : from_the_fastest) {
    if (back_end == BackEnd::fork || shares_memory(back_end)) {
      return back_end;
    }
  }
  return BackEnd::fork;
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

// The child runs in this very frame until it is gone, so nothing may happen here that the parent
// would find changed: the call is all there is.
Spawned spawn_vfork(ChildPlan& plan) noexcept {
  plan.resets_handlers = true;
  // The child runs child_exec, nothing else.
  // NOLINTNEXTLINE(bugprone-unsafe-functions,clang-analyzer-security.insecureAPI.vfork)
  const pid_t pid = ::vfork();
  if (pid == 0) {
    child_exec(plan);
  }
  return {.pid = pid, .error = pid == -1 ? errno : 0};
}

Spawned spawn_fork(ChildPlan& plan) noexcept {
  plan.resets_handlers = true;
  const pid_t pid = ::fork();
  if (pid == 0) {
    child_exec(plan);
  }
  return {.pid = pid, .error = pid == -1 ? errno : 0};
}

bool shares_memory(BackEnd back_end) noexcept {
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
    return false;
  }
  if (spawned.process != -1) {
    ::close(spawned.process);
  }
  static_cast<void>(retry_interrupted([&] { return ::waitpid(spawned.pid, nullptr, 0); }));
  return plan.report.magic == ChildReport::expected_magic;
}

BackEnd default_back_end() noexcept {
  static const BackEnd chosen = choose();
  return chosen;
}

bool is_refusal(int error) noexcept {
  return error == ENOSYS || error == EPERM || error == EINVAL || error == E2BIG;
}

}  // namespace progeny::platform
