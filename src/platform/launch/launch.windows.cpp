#include "platform/launch/launch.hpp"

#include "base/command_line.hpp"
#include "platform/host/environment_block.windows.hpp"
#include "platform/launch/inheritance.windows.hpp"
#include "platform/launch/job.windows.hpp"
#include "platform/launch/process_attributes.windows.hpp"
#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

#include <span>
#include <utility>

namespace progeny::platform {

namespace {

LaunchOutcome failure(LaunchStep step, const std::error_code& error) {
  LaunchOutcome outcome;
  outcome.failed = step;
  outcome.error = error;
  return outcome;
}

// The arguments of CreateProcess. Without `program` it takes the program from the line.
struct Command {
  std::wstring program;
  std::wstring line;
};

std::wstring system_folder() {
  std::wstring folder(MAX_PATH, L'\0');
  folder.resize(::GetSystemDirectoryW(folder.data(), MAX_PATH));
  return folder;
}

// The path of a batch file, found as CreateProcess would: cmd.exe looks elsewhere. Empty if there
// is none.
std::wstring find_file(const std::string& name) {
  const std::wstring wide_name = widen(name);
  std::wstring path(MAX_PATH, L'\0');
  for (;;) {
    const auto room = static_cast<DWORD>(path.size());
    const DWORD size =
        ::SearchPathW(nullptr, wide_name.c_str(), nullptr, room, path.data(), nullptr);
    path.resize(size);
    if (size < room) {
      return path;
    }
  }
}

// CreateProcess itself would pass the arguments to cmd.exe quoted for another parser, so that an
// argument could run commands of its own.
Command batch_command(const std::string& script, std::span<const std::string> arguments) {
  const std::wstring path = find_file(script);
  if (path.empty()) {
    return {};
  }
  return {.program = system_folder() + L"\\cmd.exe",
          .line = widen(detail::join_batch_arguments(narrow(path), arguments))};
}

Command command_of(const LaunchRequest& request) {
  const std::string& first = request.arguments.front();
  if (request.windows.is_command_line) {
    return {.program = widen(request.program), .line = widen(first)};
  }
  const std::string& program = request.program.empty() ? first : request.program;
  if (detail::is_batch_file(program)) {
    return batch_command(program, std::span(request.arguments).subspan(1));
  }
  return {.program = widen(request.program),
          .line = widen(detail::join_arguments(request.arguments))};
}

// CreateProcess has the same error for a folder that is missing and for a file in its place.
std::error_code error_of_folder(const std::wstring& folder) noexcept {
  const DWORD attributes = ::GetFileAttributesW(folder.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) {
    return last_error();
  }
  const bool is_folder = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  return is_folder ? std::error_code() : std::make_error_code(std::errc::not_a_directory);
}

// PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE, which headers of mingw-w64 may lack.
constexpr DWORD_PTR pseudo_console_attribute = 0x00020016;

class Launch {
 public:
  explicit Launch(const LaunchRequest& request) : request_(request), inheritance_(request) {
    startup_.StartupInfo.cb = sizeof startup_;
    startup_.StartupInfo.dwFlags = request.windows.startup_flags;
    startup_.StartupInfo.wShowWindow = request.windows.show_window;
    if (inheritance_.has_streams()) {
      startup_.StartupInfo.dwFlags |= STARTF_USESTDHANDLES;
      startup_.StartupInfo.hStdInput = inheritance_.streams()[0];
      startup_.StartupInfo.hStdOutput = inheritance_.streams()[1];
      startup_.StartupInfo.hStdError = inheritance_.streams()[2];
    }
    if (request.terminal != nullptr) {
      // With the flag but no handles, the program opens its console's; without, it gets ours.
      startup_.StartupInfo.dwFlags |= STARTF_USESTDHANDLES;
    }
    set_attributes();
  }

  LaunchOutcome run(Command command) {
    const std::wstring folder = widen(request_.folder.value_or(""));
    std::wstring environment = request_.environment.is_inherited()
                                   ? std::wstring()
                                   : environment_block(request_.environment);
    PROCESS_INFORMATION made{};
    const BOOL done = ::CreateProcessW(command.program.empty() ? nullptr : command.program.c_str(),
                                       command.line.data(),
                                       nullptr,
                                       nullptr,
                                       inheritance_.inherits() ? TRUE : FALSE,
                                       flags(),
                                       environment.empty() ? nullptr : environment.data(),
                                       request_.folder ? folder.c_str() : nullptr,
                                       &startup_.StartupInfo,
                                       &made);
    if (done == FALSE) {
      return failure(LaunchStep::exec, last_error());
    }
    const Handle first_thread(made.hThread);
    LaunchOutcome outcome;
    outcome.pid = static_cast<int>(made.dwProcessId);
    outcome.process = Handle(made.hProcess);
    outcome.tree = std::move(job_);
    return outcome;
  }

 private:
  void set_attributes() {
    startup_.lpAttributeList = attributes_.get();
    std::vector<native_handle>& list = inheritance_.list();
    if (!list.empty()) {
      attributes_.set(PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                      static_cast<void*>(list.data()),
                      list.size() * sizeof(native_handle));
    }
    if (request_.terminal != nullptr) {
      attributes_.set(pseudo_console_attribute, request_.terminal, sizeof request_.terminal);
    }
    if (request_.windows.owns_tree) {
      job_ = make_deadly_job();
      job_list_ = job_.get();
      attributes_.set(
          PROC_THREAD_ATTRIBUTE_JOB_LIST, static_cast<void*>(&job_list_), sizeof job_list_);
    }
  }

  [[nodiscard]] DWORD flags() const noexcept {
    return request_.windows.creation_flags | EXTENDED_STARTUPINFO_PRESENT |
           CREATE_UNICODE_ENVIRONMENT;
  }

  const LaunchRequest& request_;
  Inheritance inheritance_;
  Handle job_;
  HANDLE job_list_ = nullptr;
  ProcessAttributes attributes_;
  STARTUPINFOEXW startup_{};
};

}  // namespace

LaunchOutcome launch(const LaunchRequest& request) {
  if (request.folder) {
    if (const std::error_code error = error_of_folder(widen(*request.folder))) {
      return failure(LaunchStep::chdir, error);
    }
  }
  Command command = command_of(request);
  if (command.line.empty()) {
    return failure(LaunchStep::exec, std::make_error_code(std::errc::no_such_file_or_directory));
  }
  return Launch(request).run(std::move(command));
}

const char* name_of(LaunchStep step) noexcept {
  return step == LaunchStep::chdir ? "chdir" : "CreateProcess";
}

const char* launch_back_end() noexcept {
  return "CreateProcess";
}

}  // namespace progeny::platform
