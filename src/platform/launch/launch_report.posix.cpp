#include "platform/launch/launch_report.posix.hpp"

#include <cstdint>
#include <cstring>

namespace progeny::platform {

std::optional<ChildReport> parse_report(std::string_view bytes) noexcept {
  ChildReport report;
  if (bytes.empty()) {
    return report;
  }
  if (bytes.size() != sizeof report) {
    return std::nullopt;
  }
  std::memcpy(&report, bytes.data(), sizeof report);
  const auto last_step = static_cast<std::uint32_t>(LaunchStep::exec);
  if (report.magic != ChildReport::expected_magic || report.failed == 0 ||
      report.failed > last_step) {
    return std::nullopt;
  }
  return report;
}

const char* name_of(LaunchStep step) noexcept {
  switch (step) {
    case LaunchStep::none:
      return "launch";
    case LaunchStep::create:
      return "clone";
    case LaunchStep::keep_descriptor:
      return "fcntl";
    case LaunchStep::redirect:
      return "dup2";
    case LaunchStep::chdir:
      return "chdir";
    case LaunchStep::setsid:
      return "setsid";
    case LaunchStep::terminal:
      return "ioctl(TIOCSCTTY)";
    case LaunchStep::setpgid:
      return "setpgid";
    case LaunchStep::setgroups:
      return "setgroups";
    case LaunchStep::setgid:
      return "setgid";
    case LaunchStep::setuid:
      return "setuid";
    case LaunchStep::hook:
      return "preexec_fn";
    case LaunchStep::close_others:
      return "getrlimit";
    case LaunchStep::exec:
      return "exec";
    case LaunchStep::garbled:
      return "read";
  }
  return "launch";
}

}  // namespace progeny::platform
