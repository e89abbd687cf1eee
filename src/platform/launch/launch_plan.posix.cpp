#include "platform/launch/launch_plan.posix.hpp"

#include "platform/host/environment.hpp"
#include "platform/launch/descriptor_sweep.posix.hpp"
#include "platform/launch/exec_search.posix.hpp"

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

std::vector<std::string_view> views_of(const std::vector<std::string>& strings) {
  return {strings.begin(), strings.end()};
}

std::vector<std::string> candidates_of(const LaunchRequest& request) {
  if (!is_searched(request.program)) {
    return {request.program};
  }
  const auto path = request.environment.is_inherited() ? environment_variable("PATH")
                                                       : request.environment.get("PATH");
  return exec_candidates(request.program, path ? std::string_view(*path) : default_search_path);
}

}  // namespace

// Room for all bytes is reserved first: the pointers must not be moved by a growing string.
void StringList::assign(const std::vector<std::string_view>& texts) {
  std::size_t size = texts.size();
  for (const std::string_view text : texts) {
    size += text.size();
  }
  bytes_.reserve(size);
  pointers_.reserve(texts.size() + 1);
  for (const std::string_view text : texts) {
    pointers_.push_back(bytes_.data() + bytes_.size());
    bytes_.append(text).push_back('\0');
  }
  pointers_.push_back(nullptr);
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
  arguments_.assign(views_of(request.arguments));
  candidates_.assign(views_of(candidates_of(request)));
  plan_.arguments = arguments_.pointers();
  plan_.candidates = candidates_.pointers();
  plan_.folder = folder_ ? folder_->c_str() : nullptr;
}

// An inherited environment is not copied: exec reads it in place, after the hook, which may have
// changed it. A copy makes a launch 5 % slower, as it would lie in the cache of this processor
// while the child mostly runs on another. It would be no safer, as copying reads the same memory,
// and crashes where exec only fails with EFAULT.
void LaunchPlan::set_environment(const Environment& environment) {
  if (environment.is_inherited()) {
    return;
  }
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    variables.push_back(std::string(name).append("=").append(value));
  }
  environment_.assign(views_of(variables));
  plan_.environment = environment_.pointers();
}

// Sorted and without repetitions, as the sweep closes the gaps between kept descriptors.
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
  plan_.terminal = request.terminal;
  plan_.new_session = request.new_session || request.terminal != Handle::none();
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
