#include "platform/launch/job.windows.hpp"

#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

namespace progeny::platform {

Handle make_deadly_job() {
  Handle job(::CreateJobObjectW(nullptr, nullptr));
  if (!job) {
    throw OSError(last_error(), "CreateJobObject");
  }
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  if (::SetInformationJobObject(
          job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits) == FALSE) {
    throw OSError(last_error(), "SetInformationJobObject");
  }
  return job;
}

}  // namespace progeny::platform
