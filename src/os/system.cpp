#include <progeny/os/system.hpp>

#include "platform/host/shell.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

namespace progeny::os {

int system(const std::string& command) {
  if (command.find('\0') != std::string::npos) {
    throw ValueError("embedded NUL in the command for system()");
  }
  return platform::run_in_shell(command);
}

int waitstatus_to_exitcode(int status) {
  if (const auto code = platform::exit_code_of(status)) {
    return *code;
  }
  throw ValueError(
      fmt::format("the wait status {} is not that of a process that has ended", status));
}

}  // namespace progeny::os
