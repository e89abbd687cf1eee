// What runs in a child between its birth and execve(2).
//
// After clone(CLONE_VM) and vfork(2) the child runs in the parent's memory and on the parent's
// locks, while the parent's other threads go on. After fork(2) it has a copy of the memory in which
// those threads are missing, perhaps stopped in the middle of malloc. So in this file: no
// allocation, no lock, no exception, no destructor, no C++ runtime, no function of the C library
// that is not on the list of signal-safety(7), and none that a sanitizer intercepts. Only
// child_calls.posix.hpp is called, and only the plan is written to. The file is compiled without
// instrumentation; a test compares its undefined symbols with a list.
//
// The order is CPython's (child_exec in Modules/_posixsubprocess.c): descriptors, folder, umask,
// signals, session (and its terminal, which CPython does not have), process group, ids, hook,
// sweep, exec. The groups are set before the user, which may lack the right to set them.

#include "platform/launch/child_exec.posix.hpp"

#include "platform/launch/child_calls.posix.hpp"

#include <cerrno>
#include <csignal>

extern char** environ;  // NOLINT: POSIX names it so.

namespace progeny::platform {

namespace {

constexpr int first_free_number = 3;
constexpr int exit_status_unseen = 255;  // The parent reads the report, not this.

void fail(ChildPlan& plan, LaunchStep step, long result) noexcept {
  plan.report.failed = static_cast<std::uint32_t>(step);
  plan.report.error = static_cast<std::int32_t>(-result);
  if (plan.report_pipe >= 0) {
    child_calls::write_all(plan.report_pipe, &plan.report, sizeof plan.report);
  }
  child_calls::exit_now(exit_status_unseen);
}

void check(ChildPlan& plan, LaunchStep step, long result) noexcept {
  if (result < 0) {
    fail(plan, step, result);
  }
}

// The number of a standard stream that is about to be redirected need not be open yet.
bool is_redirected(const ChildPlan& plan, int descriptor) noexcept {
  return descriptor < first_free_number && plan.streams[descriptor] >= 0;
}

void keep_descriptors(ChildPlan& plan) noexcept {
  for (std::size_t i = 0; i < plan.kept_count; ++i) {
    if (!is_redirected(plan, plan.kept[i])) {
      check(plan, LaunchStep::keep_descriptor, child_calls::keep_on_exec(plan.kept[i]));
    }
  }
}

// Duplicating a source onto its target may overwrite the source of another stream. So first every
// source with the number of another standard stream is duplicated above them.
void redirect_streams(ChildPlan& plan) noexcept {
  for (int target = 0; target < first_free_number; ++target) {
    int& source = plan.streams[target];
    if (source >= 0 && source < first_free_number && source != target) {
      const long lifted = child_calls::dup_above(source, first_free_number);
      check(plan, LaunchStep::redirect, lifted);
      source = static_cast<int>(lifted);
    }
  }
  for (int target = 0; target < first_free_number; ++target) {
    const int source = plan.streams[target];
    if (source == target) {
      check(plan, LaunchStep::redirect, child_calls::keep_on_exec(target));
    } else if (source >= 0) {
      check(plan, LaunchStep::redirect, child_calls::dup_onto(source, target));
    }
  }
}

void enter_folder(ChildPlan& plan) noexcept {
  if (plan.folder != nullptr) {
    check(plan, LaunchStep::chdir, child_calls::chdir(plan.folder));
  }
  if (plan.sets_umask) {
    child_calls::set_umask(plan.umask);
  }
}

void reset_signals(ChildPlan& plan) noexcept {
  if (plan.resets_handlers) {
    child_calls::reset_handlers();
  }
  if (plan.restore_signals) {
    child_calls::reset_signal(SIGPIPE);
    child_calls::reset_signal(SIGXFSZ);
  }
}

void change_identity(ChildPlan& plan) noexcept {
  if (plan.new_session) {
    check(plan, LaunchStep::setsid, child_calls::set_session());
  }
  if (plan.terminal >= 0) {
    check(plan, LaunchStep::terminal, child_calls::set_terminal(plan.terminal));
  }
  if (plan.sets_process_group) {
    check(plan, LaunchStep::setpgid, child_calls::set_process_group(plan.process_group));
  }
  if (plan.sets_groups) {
    check(plan, LaunchStep::setgroups, child_calls::set_groups(plan.groups, plan.group_count));
  }
  if (plan.sets_group) {
    check(plan, LaunchStep::setgid, child_calls::set_group(plan.group));
  }
  if (plan.sets_user) {
    check(plan, LaunchStep::setuid, child_calls::set_user(plan.user));
  }
}

// The mask is set before the hook, which may set another for the program.
void run_hook(ChildPlan& plan) noexcept {
  child_calls::set_mask(plan.signal_mask);
  if (!plan.hook(plan.hook_context)) {
    fail(plan, LaunchStep::hook, 0);
  }
}

// Marks the gaps between the kept descriptors. Returns false if the call is refused: a sandbox may
// have come since the parent asked.
bool sweep_by_ranges(const ChildPlan& plan) noexcept {
  unsigned first = first_free_number;
  for (std::size_t i = 0; i < plan.kept_count; ++i) {
    const auto kept = static_cast<unsigned>(plan.kept[i]);
    if (kept > first && child_calls::close_on_exec_from(first, kept - 1) < 0) {
      return false;
    }
    if (kept >= first) {
      first = kept + 1;
    }
  }
  return child_calls::close_on_exec_from(first, ~0U) == 0;
}

// Descriptors are marked instead of closed, so the report pipe stays open until exec succeeds.
void sweep(ChildPlan& plan) noexcept {
  if (plan.sweep == Sweep::none || (plan.sweep == Sweep::close_range && sweep_by_ranges(plan))) {
    return;
  }
  check(plan,
        LaunchStep::close_others,
        child_calls::mark_all_close_on_exec(plan.kept, plan.kept_count));
}

// Reports the first failure that says more than "not here" (execvp(3) does so with EACCES only).
void execute(ChildPlan& plan) noexcept {
  char* const* const variables = plan.environment != nullptr ? plan.environment : environ;
  long telling = 0;
  long last = -ENOENT;
  for (const char* const* candidate = plan.candidates; *candidate != nullptr; ++candidate) {
    last = child_calls::execute(*candidate, plan.arguments, variables);
    if (telling == 0 && last != -ENOENT && last != -ENOTDIR) {
      telling = last;
    }
  }
  fail(plan, LaunchStep::exec, telling != 0 ? telling : last);
}

}  // namespace

void child_exec(ChildPlan& plan) noexcept {
  plan.report.magic = ChildReport::expected_magic;
  keep_descriptors(plan);
  redirect_streams(plan);
  enter_folder(plan);
  reset_signals(plan);
  change_identity(plan);
  if (plan.hook != nullptr) {
    run_hook(plan);
  }
  sweep(plan);
  if (plan.hook == nullptr) {
    child_calls::set_mask(plan.signal_mask);
  }
  execute(plan);
}

}  // namespace progeny::platform
