#include "terminal_commands.windows.hpp"

#include "support/system/utf8.windows.hpp"
#include "system.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace progeny::testing {

namespace {

HANDLE open_console(const wchar_t* name) {
  return ::CreateFileW(name,
                       GENERIC_READ | GENERIC_WRITE,
                       FILE_SHARE_READ | FILE_SHARE_WRITE,
                       nullptr,
                       OPEN_EXISTING,
                       0,
                       nullptr);
}

void print(std::string_view text) {
  DWORD count = 0;
  ::WriteFile(
      open_console(L"CONOUT$"), text.data(), static_cast<DWORD>(text.size()), &count, nullptr);
}

// As a program reads its standard input.
std::string read_typed(HANDLE console) {
  std::array<char, 256> block{};
  DWORD count = 0;
  ::ReadFile(console, block.data(), static_cast<DWORD>(block.size()), &count, nullptr);
  return {block.data(), count};
}

}  // namespace

int print_on_console(const Words& words) {
  print(words.at(0));
  return 0;
}

int print_on_console_and_stay(const Words& words) {
  print(words.at(0));
  stay();
}

int exit_with_console_size(const Words& /*words*/) {
  CONSOLE_SCREEN_BUFFER_INFO screen{};
  ::GetConsoleScreenBufferInfo(open_console(L"CONOUT$"), &screen);
  const SMALL_RECT& window = screen.srWindow;
  return (window.Bottom - window.Top + 1) * 1000 + (window.Right - window.Left + 1);
}

int expect_console_line(const Words& words) {
  return read_typed(open_console(L"CONIN$")) == words.at(0) + "\r\n" ? 0 : 1;
}

int count_console_lines(const Words& /*words*/) {
  HANDLE console = open_console(L"CONIN$");
  int lines = 0;
  for (std::string typed = read_typed(console); !typed.empty() && typed.front() != '\x1a';
       typed = read_typed(console)) {
    lines += static_cast<int>(std::ranges::count(typed, '\n'));
  }
  return lines;
}

}  // namespace progeny::testing
