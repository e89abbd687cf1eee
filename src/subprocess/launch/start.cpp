#include "subprocess/launch/start.hpp"

#include "base/command_line.hpp"
#include "base/deadline.hpp"
#include "base/repr.hpp"
#include "platform/host/shell.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/launch/launch.hpp"
#include "platform/system/is_windows.hpp"
#include "platform/system/signals.hpp"
#include "subprocess/launch/accounts.hpp"
#include "subprocess/process.hpp"
#include "subprocess/streams/standard_streams.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/windows_flags.hpp>

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::subprocess::detail {

namespace {

bool kills_at_scope_exit(const Options& options) noexcept {
  return options.at_scope_exit == AtScopeExit::kill ||
         options.at_scope_exit == AtScopeExit::terminate;
}

// On Windows what is not a list is the command line, as it is.
std::string command_line_of(const Args& args) {
  return args.is_string() ? args.items().front() : progeny::detail::join_arguments(args.items());
}

std::vector<std::string> arguments_of(const Args& args, const Options& options) {
  if (!options.shell) {
    return args.items();
  }
  std::vector<std::string> arguments = platform::shell_prefix();
  if (platform::is_windows()) {
    // cmd.exe removes the outermost quotes and leaves everything between them as it is.
    return {fmt::format("{} /c \"{}\"", arguments.front(), command_line_of(args))};
  }
  if (options.executable) {
    arguments.front() = options.executable->string();
  }
  arguments.insert(arguments.end(), args.items().begin(), args.items().end());
  return arguments;
}

std::string program_of(const Options& options, const std::vector<std::string>& arguments) {
  if (options.executable) {
    return options.executable->string();
  }
  if (platform::is_windows()) {
    return options.shell ? platform::shell_prefix().front() : std::string();
  }
  return arguments.front();
}

platform::WindowsLaunch windows_launch_of(const Args& args, const Options& options) {
  platform::WindowsLaunch windows;
  windows.is_command_line = options.shell || args.is_string();
  windows.creation_flags = options.creationflags;
  if (options.process_group == 0) {
    windows.creation_flags |= create_new_process_group;
  }
  if (options.startupinfo) {
    const StartupInfo& startup = *options.startupinfo;
    windows.startup_flags = startup.dwFlags;
    windows.show_window = startup.wShowWindow;
    windows.startup_streams = {startup.hStdInput, startup.hStdOutput, startup.hStdError};
    windows.inherited = startup.lpAttributeList.handle_list;
  }
  if (options.shell) {
    windows.startup_flags |= startf_useshowwindow;
    windows.show_window = sw_hide;
  }
  windows.owns_tree = makes_group(options) && kills_at_scope_exit(options);
  return windows;
}

platform::LaunchRequest request_of(const Args& args,
                                   const Options& options,
                                   const StandardStreams& streams) {
  platform::LaunchRequest request;
  request.arguments = arguments_of(args, options);
  request.program = program_of(options, request.arguments);
  if (options.cwd) {
    request.folder = options.cwd->string();
  }
  request.environment = options.env;
  request.streams = streams.of_child();
  request.terminal = streams.terminal_of_child();
  request.close_others = options.close_fds || !options.pass_fds.empty();
  request.kept = options.pass_fds;
  request.restore_signals = options.restore_signals;
  request.new_session = options.start_new_session;
  request.process_group = options.process_group;
  request.user = user_number(options.user);
  request.group = group_number(options.group);
  request.supplementary_groups = group_numbers(options.extra_groups);
  if (options.umask >= 0) {
    request.umask = static_cast<unsigned>(options.umask);
  }
  request.hook = options.preexec_fn;
  if (platform::is_windows()) {
    request.windows = windows_launch_of(args, options);
  }
  return request;
}

[[noreturn]] void throw_failure(const platform::LaunchRequest& request,
                                const platform::LaunchOutcome& outcome) {
  using platform::LaunchStep;
  const char* const call = platform::name_of(outcome.failed);
  switch (outcome.failed) {
    case LaunchStep::hook:
      throw SubprocessError("Exception occurred in preexec_fn.");
    case LaunchStep::garbled:
      throw SubprocessError("Bad report from the child before it could run the program: " +
                            progeny::detail::repr_bytes(outcome.raw_report));
    case LaunchStep::exec:
      throw OSError(outcome.error,
                    call,
                    platform::is_windows() && request.program.empty() ? request.arguments.front()
                                                                      : request.program);
    case LaunchStep::chdir:
      throw OSError(outcome.error, call, request.folder.value_or(""));
    default:
      throw OSError(outcome.error, call);
  }
}

// If there is no memory for the object that owns the child, the child is killed: nothing else would
// know its pid.
std::unique_ptr<platform::Child> own(platform::LaunchOutcome outcome) {
  try {
    return std::make_unique<platform::Child>(
        outcome.pid, std::move(outcome.process), std::move(outcome.tree));
  } catch (const std::bad_alloc&) {
    platform::Child unkept(outcome.pid, std::move(outcome.process));
    static_cast<void>(unkept.send_signal(platform::signal_kill()));
    static_cast<void>(unkept.wait(progeny::detail::Deadline()));
    throw;
  }
}

// Whether `descriptor` is a standard stream that the child gets from elsewhere. It need not be open
// here.
bool is_redirected(const Redirects& redirects, int descriptor) noexcept {
  constexpr int stream_count = 3;
  const std::array<const Redirect*, stream_count> streams{
      &redirects.std_in, &redirects.std_out, &redirects.std_err};
  return descriptor < stream_count &&
         streams[static_cast<std::size_t>(descriptor)]->kind() != Redirect::Kind::inherit;
}

}  // namespace

void check_resources(const Options& options, const Redirects& redirects) {
  static_cast<void>(user_number(options.user));
  static_cast<void>(group_number(options.group));
  static_cast<void>(group_numbers(options.extra_groups));
  for (const int descriptor : options.pass_fds) {
    if (!is_redirected(redirects, descriptor) &&
        !platform::is_open(platform::handle_of_descriptor(descriptor))) {
      throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "fcntl");
    }
  }
}

bool makes_group(const Options& options) noexcept {
  const bool has_terminal =
      is_terminal(options.std_in) || is_terminal(options.std_out) || is_terminal(options.std_err);
  return options.start_new_session || options.process_group == 0 ||
         (has_terminal && !platform::is_windows()) ||
         (options.creationflags & create_new_process_group) != 0;
}

std::unique_ptr<platform::Child> start(const Args& args,
                                       const Options& options,
                                       const StandardStreams& streams) {
  // On POSIX it is each folder of the search path, which cannot be executed: EACCES, as in Python.
  if (platform::is_windows() && options.executable && options.executable->string().empty()) {
    throw OSError(std::make_error_code(std::errc::no_such_file_or_directory), "exec", "");
  }
  const platform::LaunchRequest request = request_of(args, options, streams);
  platform::LaunchOutcome outcome = platform::launch(request);
  if (outcome.failed != platform::LaunchStep::none) {
    throw_failure(request, outcome);
  }
  return own(std::move(outcome));
}

}  // namespace progeny::subprocess::detail
