#include <progeny/os/startfile.hpp>

#include "platform/host/desktop.hpp"
#include "subprocess/process.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/errors.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace progeny::os {

namespace {

// Time for the opener to report that it cannot open the document. On success it may run for as long
// as the document is open.
constexpr auto time_to_complain = std::chrono::milliseconds(500);

bool is_url(const std::string& name) {
  return name.find("://") != std::string::npos || name.starts_with("mailto:");
}

void require_exists(const std::string& name) {
  std::error_code error;
  if (!is_url(name) && !std::filesystem::exists(name, error)) {
    throw OSError(error ? error : std::make_error_code(std::errc::no_such_file_or_directory),
                  "startfile",
                  name);
  }
}

}  // namespace

void startfile(const PathLike& path) {
  const std::string& name = path.string();
  if (name.find('\0') != std::string::npos) {
    throw ValueError("embedded NUL in the path for startfile()");
  }
  require_exists(name);
  if (platform::open_by_system(name)) {
    return;
  }
  std::vector<std::string> command = platform::document_opener();
  // A relative name that begins like an option must not be taken for one.
  command.push_back(name.starts_with('-') ? "./" + name : name);
  subprocess::detail::Process opener(command,
                                     {.start_new_session = true},
                                     {.std_in = subprocess::DEVNULL,
                                      .std_out = subprocess::DEVNULL,
                                      .std_err = subprocess::DEVNULL});
  opener.detach();
  try {
    const std::int64_t returncode = opener.wait(time_to_complain, {});
    const std::string reason = platform::document_opener_error(returncode);
    if (!reason.empty()) {
      throw OSError(std::make_error_code(std::errc::not_supported), "startfile: " + reason, name);
    }
  } catch (const subprocess::TimeoutExpired&) {
    // The opener still runs without an error, so the document is open.
    return;
  }
}

}  // namespace progeny::os
