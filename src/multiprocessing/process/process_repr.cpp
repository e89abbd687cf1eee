// Python's repr of a process.

#include "multiprocessing/process/process_core.hpp"
#include "platform/process/child.hpp"
#include "platform/system/signals.hpp"

#include <progeny/multiprocessing/process.hpp>

#include <fmt/core.h>

#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

namespace progeny::multiprocessing {

namespace {

using detail::ProcessCore;

std::string_view kind_of(const ProcessCore& core) {
  if (core.identity.empty()) {
    return core.creator == 0 ? "_ParentProcess" : "_MainProcess";
  }
  return detail::class_name(core.method);
}

std::string exit_text(const platform::ExitStatus& status) {
  if (status.lost) {
    return " stopped";
  }
  if (status.returncode < 0) {
    const auto name = platform::signal_name(static_cast<int>(-status.returncode));
    if (!name.empty()) {
      return fmt::format(" stopped exitcode=-{}", name);
    }
  }
  return fmt::format(" stopped exitcode={}", status.returncode);
}

std::string state_of(ProcessCore& core) {
  if (core.closed) {
    return " closed";
  }
  if (core.foreign_pid) {
    return core.popen && core.popen->poll() ? " stopped" : " started";
  }
  if (core.creator != platform::current_pid()) {
    return " unknown";
  }
  if (!core.popen) {
    return core.started ? " started" : " initial";
  }
  const auto status = core.popen->poll();
  return status ? exit_text(*status) : " started";
}

std::string pid_text(const ProcessCore& core) {
  if (core.closed || (!core.popen && !core.foreign_pid) || core.identity.empty()) {
    return "";
  }
  return fmt::format(" pid={}", core.foreign_pid.value_or(core.popen ? core.popen->pid() : 0));
}

std::string parent_text(const ProcessCore& core) {
  return core.identity.empty() ? " parent=None" : fmt::format(" parent={}", core.creator);
}

}  // namespace

std::string to_string(const Process& process) {
  if (!process.core_) {
    return "<Process (moved from)>";
  }
  ProcessCore& core = *process.core_;
  const std::lock_guard lock(core.mutex);
  return fmt::format("<{} name='{}'{}{}{}{}>",
                     kind_of(core),
                     core.name,
                     pid_text(core),
                     parent_text(core),
                     state_of(core),
                     core.daemon ? " daemon" : "");
}

std::ostream& operator<<(std::ostream& out, const Process& process) {
  return out << to_string(process);
}

}  // namespace progeny::multiprocessing
