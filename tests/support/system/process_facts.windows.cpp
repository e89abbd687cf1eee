#include "support/system/process_facts.hpp"

#include "support/system/utf8.windows.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>

#include <tlhelp32.h>

namespace progeny::testing {

namespace {

struct CloseHandleOf {
  void operator()(HANDLE handle) const { ::CloseHandle(handle); }
};
using Owned = std::unique_ptr<void, CloseHandleOf>;

Owned open_process(int pid) {
  return Owned(::OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(pid)));
}

bool exists(int pid) {
  return open_process(pid) != nullptr || ::GetLastError() != ERROR_INVALID_PARAMETER;
}

std::chrono::nanoseconds duration_of(const FILETIME& time) {
  const auto high = static_cast<std::int64_t>(time.dwHighDateTime) << 32;
  return std::chrono::nanoseconds((high | time.dwLowDateTime) * 100);
}

// When a process began; the longest time there is for one that is gone.
std::chrono::nanoseconds birth_of(HANDLE process) {
  FILETIME birth{};
  FILETIME unused{};
  const bool known = ::GetProcessTimes(process, &birth, &unused, &unused, &unused) != FALSE;
  return known ? duration_of(birth) : std::chrono::nanoseconds::max();
}

// A process that is older than its parent is the child of an earlier process of the same number.
bool is_younger_than_us(DWORD pid) {
  const Owned process(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid));
  return birth_of(process.get()) >= birth_of(::GetCurrentProcess());
}

}  // namespace

bool has_child() {
  return !children().empty();
}

// What has ended is not listed, but there is no such thing as a zombie either.
std::vector<int> children() {
  std::vector<int> found;
  const Owned snapshot(::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = ::Process32FirstW(snapshot.get(), &entry); more != FALSE;
       more = ::Process32NextW(snapshot.get(), &entry)) {
    if (entry.th32ParentProcessID == ::GetCurrentProcessId() &&
        is_younger_than_us(entry.th32ProcessID)) {
      found.push_back(static_cast<int>(entry.th32ProcessID));
    }
  }
  std::ranges::sort(found);
  return found;
}

bool is_running(int pid) {
  const Owned process = open_process(pid);
  return process != nullptr && ::WaitForSingleObject(process.get(), 0) == WAIT_TIMEOUT;
}

bool is_gone(int pid) {
  return eventually([pid] { return !exists(pid); });
}

bool await_end(int pid) {
  const Owned process = open_process(pid);
  return process != nullptr && ::WaitForSingleObject(process.get(), INFINITE) == WAIT_OBJECT_0;
}

bool kill_process(int pid) {
  const Owned process(::OpenProcess(PROCESS_TERMINATE, FALSE, static_cast<DWORD>(pid)));
  return process != nullptr && ::TerminateProcess(process.get(), 1) != FALSE;
}

std::size_t open_descriptors() {
  DWORD count = 0;
  ::GetProcessHandleCount(::GetCurrentProcess(), &count);
  return count;
}

std::size_t thread_count() {
  std::size_t count = 0;
  const Owned snapshot(::CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0));
  THREADENTRY32 entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = ::Thread32First(snapshot.get(), &entry); more != FALSE;
       more = ::Thread32Next(snapshot.get(), &entry)) {
    count += entry.th32OwnerProcessID == ::GetCurrentProcessId() ? 1 : 0;
  }
  return count;
}

std::set<std::string> shared_memory_names() {
  return {};
}

bool is_used_by_others(const std::string& /*shared_memory*/) {
  return false;
}

std::chrono::nanoseconds processor_time() {
  FILETIME created{};
  FILETIME ended{};
  FILETIME in_kernel{};
  FILETIME in_program{};
  ::GetProcessTimes(::GetCurrentProcess(), &created, &ended, &in_kernel, &in_program);
  return duration_of(in_kernel) + duration_of(in_program);
}

}  // namespace progeny::testing
