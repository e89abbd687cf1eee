#include "platform/host/shell.hpp"

#include "platform/host/environment.hpp"
#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace progeny::platform {

// The C library's own, which waits for the command and returns its exit code.
int run_in_shell(const std::string& command) {
  if (command.empty()) {
    return 0;  // For an empty command, _wsystem() says whether there is an interpreter.
  }
  errno = 0;
  const int result = ::_wsystem(widen(command).c_str());
  if (result == -1 && errno != 0) {
    throw OSError(std::error_code(errno, std::generic_category()), "system");
  }
  return result;
}

std::optional<int> exit_code_of(int status) noexcept {
  return status;
}

int status_of_returncode(std::int64_t returncode) noexcept {
  return static_cast<int>(returncode);
}

// Never a cmd.exe that lies in the current folder or on the PATH: an absolute ComSpec, or the
// system's.
std::vector<std::string> shell_prefix() {
  std::string interpreter = environment_variable("ComSpec").value_or("");
  if (!std::filesystem::path(interpreter).is_absolute()) {
    const auto root = environment_variable("SystemRoot");
    if (!root || root->empty()) {
      throw OSError(std::make_error_code(std::errc::no_such_file_or_directory),
                    "shell: neither %ComSpec% nor %SystemRoot% is set");
    }
    interpreter = *root + R"(\System32\cmd.exe)";
  }
  return {interpreter, "/c"};
}

}  // namespace progeny::platform
