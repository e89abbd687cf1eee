// Commands of the test child that exist on Windows alone: about handles, windows, consoles.

#include "commands.hpp"
#include "state_commands.hpp"
#include "support/system/utf8.windows.hpp"
#include "system.hpp"
#include "terminal_commands.windows.hpp"

#include <cstdint>
#include <string>

// What programs split their command line by before `main`. No header declares it.
extern "C" int __wgetmainargs(int*, wchar_t***, wchar_t***, int, int*);  // NOLINT: its name.

namespace progeny::testing {

namespace {

// The handle whose number this is, in decimal digits or in hexadecimal ones behind `0x`.
HANDLE handle_of(const std::string& number) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a handle is a number.
  return reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(std::stoull(number, nullptr, 0)));
}

// Writes the command line as it is.
int print_command_line(const Words& /*words*/) {
  write_all(1, utf8(::GetCommandLineW()));
  return 0;
}

// WORDS: as `print_args_hex`, split by the C runtime instead of by CommandLineToArgvW.
int print_runtime_args_hex(const Words& /*words*/) {
  int count = 0;
  wchar_t** arguments = nullptr;
  wchar_t** variables = nullptr;
  int startup = 0;
  __wgetmainargs(&count, &arguments, &variables, 0, &startup);
  Words words;
  for (int i = 2; i < count; ++i) {
    words.push_back(utf8(arguments[i]));
  }
  return print_args_hex(words);
}

// NUMBER: writes `open` or `closed`.
int print_handle_state(const Words& words) {
  DWORD flags = 0;
  write_all(1, ::GetHandleInformation(handle_of(words.at(0)), &flags) == FALSE ? "closed" : "open");
  return 0;
}

// NUMBER TEXT: writes it to this handle.
int write_to_handle(const Words& words) {
  DWORD count = 0;
  const std::string& text = words.at(1);
  const bool written =
      ::WriteFile(
          handle_of(words.at(0)), text.data(), static_cast<DWORD>(text.size()), &count, nullptr) !=
      FALSE;
  return written && count == text.size() ? 0 : 1;
}

// Writes dwFlags and wShowWindow of its STARTUPINFO in decimal digits.
int print_startup_info(const Words& /*words*/) {
  STARTUPINFOW startup{};
  ::GetStartupInfoW(&startup);
  write_all(1, std::to_string(startup.dwFlags) + " " + std::to_string(startup.wShowWindow));
  return 0;
}

// Writes its priority class in decimal digits.
int print_priority_class(const Words& /*words*/) {
  write_all(1, std::to_string(::GetPriorityClass(::GetCurrentProcess())));
  return 0;
}

// Writes `yes` or `no`. A console may have no window, but then it has a code page.
int has_console(const Words& /*words*/) {
  write_all(1, ::GetConsoleWindow() != nullptr || ::GetConsoleCP() != 0 ? "yes" : "no");
  return 0;
}

// CODE: exits with it on Ctrl-Break; says `ready` on stdout.
int exit_on_ctrl_break(const Words& words) {
  static UINT code = 0;
  code = static_cast<UINT>(std::stoul(words.at(0)));
  ::SetConsoleCtrlHandler(
      [](DWORD event) -> BOOL {
        if (event == CTRL_BREAK_EVENT) {
          ::ExitProcess(code);
        }
        return FALSE;
      },
      TRUE);
  write_all(1, "ready\n");
  stay();
}

}  // namespace

Commands system_commands() {
  return {
      PROGENY_COMMAND(count_console_lines),
      PROGENY_COMMAND(exit_on_ctrl_break),
      PROGENY_COMMAND(exit_with_console_size),
      PROGENY_COMMAND(expect_console_line),
      PROGENY_COMMAND(has_console),
      PROGENY_COMMAND(print_command_line),
      PROGENY_COMMAND(print_handle_state),
      PROGENY_COMMAND(print_on_console),
      PROGENY_COMMAND(print_on_console_and_stay),
      PROGENY_COMMAND(print_priority_class),
      PROGENY_COMMAND(print_runtime_args_hex),
      PROGENY_COMMAND(print_startup_info),
      PROGENY_COMMAND(write_to_handle),
  };
}

}  // namespace progeny::testing
