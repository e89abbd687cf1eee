#include "subprocess/launch/check_options.hpp"

#include "platform/system/is_windows.hpp"
#include "subprocess/process.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace progeny::subprocess::detail {

namespace {

void require(bool condition, const char* sentence) {
  if (!condition) {
    throw ValueError(sentence);
  }
}

void refuse_nul(std::string_view text, std::string_view what) {
  if (text.find('\0') != std::string_view::npos) {
    throw ValueError(fmt::format("embedded NUL in {}", what));
  }
}

void check_command(const Args& args, const Options& options) {
  require(!args.items().empty(), "args is empty: there is no program to run");
  require(!(args.is_path() && options.shell),
          "a path with shell=true: give the command as a string");
  for (const std::string& item : args.items()) {
    refuse_nul(item, "args");
  }
  if (options.executable) {
    refuse_nul(options.executable->string(), "executable");
  }
  if (options.cwd) {
    refuse_nul(options.cwd->string(), "cwd");
  }
}

void check_environment(const Environment& environment) {
  for (const auto& [name, value] : environment) {
    // Windows keeps the current folder of each drive in variables such as `=C:`.
    const std::size_t first = platform::is_windows() ? 1 : 0;
    require(!name.empty(), "illegal environment variable name: it is empty");
    if (name.find('=', first) != std::string::npos) {
      throw ValueError(fmt::format("illegal environment variable name: '{}' holds a '='", name));
    }
    refuse_nul(name, "the name of an environment variable");
    refuse_nul(value, fmt::format("the value of the environment variable '{}'", name));
  }
}

void check_redirects(const Redirects& redirects) {
  const auto merges = [](const Redirect& redirect) {
    return redirect.kind() == Redirect::Kind::std_out;
  };
  require(!merges(redirects.std_in), "STDOUT can only be used for std_err, not for std_in");
  require(!merges(redirects.std_out), "STDOUT can only be used for std_err, not for std_out");
  for (const Redirect* redirect : {&redirects.std_in, &redirects.std_out, &redirects.std_err}) {
    require(!redirect->is_negative(), "a negative descriptor for std_in, std_out or std_err");
    refuse_nul(redirect->path(), "the path of a redirection");
  }
}

// A terminal mixes both outputs. Both then arrive by std_out.
void check_callbacks(const Options& options, const Redirects& redirects) {
  const bool out_is_terminal = is_terminal(redirects.std_out);
  require(
      !options.on_std_out || out_is_terminal || redirects.std_out.kind() == Redirect::Kind::pipe,
      "on_std_out needs std_out=PIPE");
  require(!options.on_std_err || redirects.std_err.kind() == Redirect::Kind::pipe ||
              (is_terminal(redirects.std_err) && !out_is_terminal),
          "on_std_err needs std_err=PIPE");
}

void check_terminal(const Options& options, const Redirects& redirects) {
  if (!is_terminal(redirects.std_in) && !is_terminal(redirects.std_out) &&
      !is_terminal(redirects.std_err)) {
    return;
  }
  check_window_size(options.pty_size);
  if (!platform::is_windows()) {
    require(!options.process_group, "process_group with PTY: the child leads a session of its own");
    return;
  }
  require(
      is_terminal(redirects.std_in) && is_terminal(redirects.std_out) &&
          (is_terminal(redirects.std_err) || redirects.std_err.kind() == Redirect::Kind::std_out),
      "PTY on Windows is for all three streams: std_in, std_out and std_err");
  require(options.pty_echo, "pty_echo=false is not supported on Windows");
}

void check_numbers(const Options& options) {
  constexpr int largest_umask = 0777;
  require(options.umask >= -1 && options.umask <= largest_umask, "umask must be 0 to 0777, or -1");
  require(options.process_group.value_or(0) >= 0, "process_group must be 0 or more");
  for (const int descriptor : options.pass_fds) {
    if (descriptor < 0) {
      throw ValueError(fmt::format("bad value in pass_fds: {}", descriptor));
    }
  }
}

void check_platform(const Options& options) {
  if (!platform::is_windows()) {
    require(!options.startupinfo, "startupinfo is only supported on Windows");
    require(options.creationflags == 0, "creationflags is only supported on Windows");
    return;
  }
  require(!options.preexec_fn, "preexec_fn is not supported on Windows");
  require(options.pass_fds.empty(), "pass_fds is not supported on Windows");
  require(!options.user && !options.group && options.extra_groups.is_unchanged(),
          "user, group and extra_groups are not supported on Windows");
  require(!options.start_new_session, "start_new_session is not supported on Windows");
  require(options.process_group.value_or(0) == 0,
          "process_group is only supported as 0, a new group, on Windows");
  require(options.umask == -1, "umask is not supported on Windows");
  require(options.pipesize <= 0, "pipesize is not supported on Windows");
}

}  // namespace

void check_options(const Args& args, const Options& options, const Redirects& redirects) {
  check_platform(options);
  check_command(args, options);
  check_environment(options.env);
  check_redirects(redirects);
  check_callbacks(options, redirects);
  check_terminal(options, redirects);
  check_numbers(options);
}

void check_window_size(const WindowSize& size) {
  constexpr int largest = 32767;  // A signed number of 16 bits on Windows.
  if (size.rows < 1 || size.rows > largest || size.columns < 1 || size.columns > largest) {
    throw ValueError(fmt::format(
        "a window of {} rows and {} columns: 1 to {} each", size.rows, size.columns, largest));
  }
}

void check_popen_only(const Options& options) {
  require(!options.input, "input is for run() and check_output(): give Popen's to communicate()");
  require(!options.capture_output, "capture_output is for run(): give Popen std_out=PIPE");
  require(!options.timeout.limited(),
          "timeout is for run(): give Popen's to wait() or communicate()");
  require(!options.check, "check is for run()");
  require(!options.stop.stop_possible(),
          "stop is for run(): give Popen's to wait() or communicate()");
}

std::optional<TextFormat> text_format_of(const Options& options) {
  if (options.text && options.universal_newlines && *options.text != *options.universal_newlines) {
    throw SubprocessError(
        "Cannot disambiguate when both text and universal_newlines are supplied but different. "
        "Pass one or the other.");
  }
  const bool is_text = options.encoding || options.errors || options.text.value_or(false) ||
                       options.universal_newlines.value_or(false);
  if (!is_text) {
    return std::nullopt;
  }
  return text_format(options.encoding, options.errors);
}

}  // namespace progeny::subprocess::detail
