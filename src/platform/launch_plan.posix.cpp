#include "platform/launch_plan.posix.hpp"

#include "platform/environment.hpp"
#include "platform/exec_search.posix.hpp"
#include "platform/sweep.posix.hpp"

#include <algorithm>

namespace progeny::platform {

namespace {

bool call_hook(void* hook) noexcept {
  try {
    (*static_cast<std::function<void()>*>(hook))();
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

void StringList::add(std::string_view text) {
  offsets_.push_back(bytes_.size());
  bytes_.append(text).push_back('\0');
}

char* const* StringList::pointers() {
  pointers_.clear();
  for (const std::size_t offset : offsets_) {
    pointers_.push_back(bytes_.data() + offset);
  }
  pointers_.push_back(nullptr);
  return pointers_.data();
}

LaunchPlan::LaunchPlan(const LaunchRequest& request)
    : hook_(request.hook), folder_(request.folder), kept_(request.kept) {
  set_program(request);
  set_environment(request.environment);
  set_descriptors(request);
  set_identity(request);
  plan_.restore_signals = request.restore_signals;
  if (hook_) {
    plan_.hook = &call_hook;
    plan_.hook_context = &hook_;
  }
}

void LaunchPlan::set_program(const LaunchRequest& request) {
  for (const std::string& argument : request.arguments) {
    arguments_.add(argument);
  }
  const auto path = request.environment.is_inherited() ? environment_variable("PATH")
                                                       : request.environment.get("PATH");
  for (const std::string& candidate :
       exec_candidates(request.program, path ? std::string_view(*path) : default_search_path)) {
    candidates_.add(candidate);
  }
  plan_.arguments = arguments_.pointers();
  plan_.candidates = candidates_.pointers();
  plan_.folder = folder_ ? folder_->c_str() : nullptr;
}

// With a hook, which may call setenv(3), the inherited environment is read when it has run.
void LaunchPlan::set_environment(const Environment& environment) {
  if (environment.is_inherited() && hook_) {
    return;
  }
  if (environment.is_inherited()) {
    for (char* const* variable = raw_environment(); *variable != nullptr; ++variable) {
      environment_.add(*variable);
    }
  }
  for (const auto& [name, value] : environment) {
    environment_.add(std::string(name).append("=").append(value));
  }
  plan_.environment = environment_.pointers();
}

void LaunchPlan::set_descriptors(const LaunchRequest& request) {
  std::ranges::copy(request.streams, plan_.streams);
  std::ranges::sort(kept_);
  const auto repeated = std::ranges::unique(kept_);
  kept_.erase(repeated.begin(), repeated.end());
  plan_.kept = kept_.data();
  plan_.kept_count = kept_.size();
  plan_.sweep = request.close_others ? best_sweep() : Sweep::none;
}

void LaunchPlan::set_identity(const LaunchRequest& request) {
  plan_.new_session = request.new_session;
  plan_.sets_process_group = request.process_group.has_value();
  plan_.process_group = request.process_group.value_or(0);
  plan_.sets_user = request.user.has_value();
  plan_.user = request.user.value_or(0);
  plan_.sets_group = request.group.has_value();
  plan_.group = request.group.value_or(0);
  plan_.sets_umask = request.umask.has_value();
  plan_.umask = request.umask.value_or(0);
  plan_.sets_groups = request.supplementary_groups.has_value();
  if (request.supplementary_groups) {
    groups_ = *request.supplementary_groups;
    plan_.groups = groups_.data();
    plan_.group_count = groups_.size();
  }
}

}  // namespace progeny::platform
