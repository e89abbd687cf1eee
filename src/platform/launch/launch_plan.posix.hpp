#pragma once

// A launch request in the form that a child can use: a ChildPlan. POSIX only.

#include "platform/launch/child_exec.posix.hpp"
#include "platform/launch/launch.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::platform {

/// Strings in the form that execve(2) takes: an array of pointers with a null at its end.
class StringList {
 public:
  /// Copies `texts` into one piece of memory. To be called once.
  void assign(const std::vector<std::string_view>& texts);
  /// The array; valid for as long as this object.
  [[nodiscard]] char* const* pointers() const noexcept { return pointers_.data(); }

 private:
  std::string bytes_;
  std::vector<char*> pointers_;
};

/// Owns a plan and everything that it points to.
class LaunchPlan {
 public:
  explicit LaunchPlan(const LaunchRequest& request);
  LaunchPlan(const LaunchPlan&) = delete;
  LaunchPlan& operator=(const LaunchPlan&) = delete;
  ~LaunchPlan() = default;

  [[nodiscard]] ChildPlan& plan() noexcept { return plan_; }

 private:
  void set_program(const LaunchRequest& request);
  void set_environment(const Environment& environment);
  void set_descriptors(const LaunchRequest& request);
  void set_identity(const LaunchRequest& request);

  std::function<void()> hook_;
  std::optional<std::string> folder_;
  std::vector<int> kept_;
  std::vector<std::uint32_t> groups_;
  StringList arguments_;
  StringList candidates_;
  StringList environment_;
  ChildPlan plan_;
};

}  // namespace progeny::platform
