#pragma once

// A launch request in the form that a child can use: plain memory. POSIX only.

#include "platform/child_exec.posix.hpp"
#include "platform/launch.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::platform {

/// Strings as execve(2) wants them. Owns their memory: other threads may change the host's
/// environment while the child still reads it.
class StringList {
 public:
  void add(std::string_view text);
  /// Valid until the next `add`.
  [[nodiscard]] char* const* pointers();

 private:
  std::string bytes_;
  std::vector<std::size_t> offsets_;
  std::vector<char*> pointers_;
};

/// The plan and everything that it points to.
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
