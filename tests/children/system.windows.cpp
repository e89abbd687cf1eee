#include "system.hpp"

#include "support/system/utf8.windows.hpp"
#include "support/system/variable.windows.hpp"

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>

namespace progeny::testing {

namespace {

constexpr DWORD ten_minutes = 600'000;

[[noreturn]] void die(int code) {
  ::ExitProcess(static_cast<UINT>(code));
}

// The size of a buffer, as the C runtime counts.
unsigned count_of(std::size_t size) {
  return static_cast<unsigned>(std::min<std::size_t>(size, INT_MAX));
}

// The path of this program.
std::wstring own_path() {
  std::wstring path(32768, L'\0');
  path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

// A standard stream, made so that a process of ours can have it too.
HANDLE inheritable_stream(DWORD number) {
  HANDLE stream = ::GetStdHandle(number);
  ::SetHandleInformation(stream, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  return stream;
}

// The words are those of commands, in which nothing needs more than quotes around it.
std::wstring quoted(const Words& words) {
  std::wstring line = L"\"" + own_path() + L"\"";
  for (const std::string& word : words) {
    line += L" \"" + wide(word) + L"\"";
  }
  return line;
}

}  // namespace

// The C runtime has translated argv to the code page of the system.
Words command_line(int /*argc*/, char** /*argv*/) {
  int count = 0;
  LPWSTR* const arguments = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  Words words;
  for (int i = 0; i < count; ++i) {
    words.push_back(utf8(arguments[i]));
  }
  ::LocalFree(static_cast<void*>(arguments));
  return words;
}

std::string program_name() {
  return command_line(0, nullptr).front();
}

void make_streams_binary() {
  for (const int descriptor : {0, 1, 2}) {
    ::_setmode(descriptor, _O_BINARY);
  }
}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const int count = ::_write(descriptor, bytes.data(), count_of(bytes.size()));
    if (count < 0) {
      die(99);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_some(std::size_t limit) {
  std::string block(limit, '\0');
  const int count = ::_read(0, block.data(), count_of(block.size()));
  block.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return block;
}

void close_stream(int descriptor) {
  ::_close(descriptor);
}

std::optional<std::string> variable(const std::string& name) {
  return system_variable(name);
}

Words environment() {
  Words variables;
  wchar_t* const block = ::GetEnvironmentStringsW();
  for (const wchar_t* entry = block; *entry != L'\0';) {
    const std::wstring_view text = entry;
    variables.push_back(utf8(text));
    entry += text.size() + 1;
  }
  ::FreeEnvironmentStringsW(block);
  return variables;
}

std::string working_folder() {
  return utf8(std::filesystem::current_path().native());
}

bool create(const std::string& path) {
  return std::ofstream(std::filesystem::path(wide(path))).good();
}

long process_id() {
  return static_cast<long>(::GetCurrentProcessId());
}

void limit_life() {
  std::thread([] {
    ::Sleep(ten_minutes);
    die(98);
  }).detach();
}

void stay() {
  ::Sleep(ten_minutes);
  die(98);
}

long start_command(const Words& words) {
  std::wstring line = quoted(words);
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = inheritable_stream(STD_INPUT_HANDLE);
  startup.hStdOutput = inheritable_stream(STD_OUTPUT_HANDLE);
  startup.hStdError = inheritable_stream(STD_ERROR_HANDLE);
  PROCESS_INFORMATION process{};
  if (::CreateProcessW(own_path().c_str(),
                       line.data(),
                       nullptr,
                       nullptr,
                       TRUE,
                       0,
                       nullptr,
                       nullptr,
                       &startup,
                       &process) == FALSE) {
    die(96);
  }
  ::CloseHandle(process.hThread);
  ::CloseHandle(process.hProcess);
  return static_cast<long>(process.dwProcessId);
}

Go::Go() {
  const std::wstring name = L"progeny-test-go-" + std::to_wstring(::GetCurrentProcessId());
  event_ = ::CreateEventW(nullptr, FALSE, FALSE, name.c_str());
}

void Go::await() {
  ::WaitForSingleObject(event_, INFINITE);
}

}  // namespace progeny::testing
