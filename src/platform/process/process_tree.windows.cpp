// Windows keeps the number of a process's parent, but no line of ancestors: a process whose parent
// has the right number and is older is a child.

#include "platform/process/process_tree.hpp"

#include "platform/system/win32.windows.hpp"

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <tlhelp32.h>

namespace progeny::platform {

namespace {

constexpr UINT terminated = 1;

struct Entry {
  DWORD pid;
  DWORD parent;
};

std::vector<Entry> all_processes() {
  std::vector<Entry> all;
  const Handle snapshot(::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = ::Process32FirstW(snapshot.get(), &entry); more != FALSE;
       more = ::Process32NextW(snapshot.get(), &entry)) {
    all.push_back({entry.th32ProcessID, entry.th32ParentProcessID});
  }
  return all;
}

std::uint64_t birth_of(native_handle process) noexcept {
  FILETIME birth{};
  FILETIME unused{};
  if (::GetProcessTimes(process, &birth, &unused, &unused, &unused) == FALSE) {
    return 0;
  }
  return std::uint64_t{birth.dwHighDateTime} << 32U | birth.dwLowDateTime;
}

Handle open_process(DWORD pid) noexcept {
  return Handle(::OpenProcess(PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid));
}

}  // namespace

// Those that are ended start no others, so each pass finds what the one before it has missed.
std::error_code kill_tree(int root) {
  std::map<DWORD, std::uint64_t> births;
  std::error_code first_error;
  const auto end = [&](DWORD pid, std::uint64_t not_before) {
    const Handle process = open_process(pid);
    const std::uint64_t birth = process ? birth_of(process.get()) : 0;
    if (!process || birth < not_before) {
      return false;
    }
    births.emplace(pid, birth);
    if (::TerminateProcess(process.get(), terminated) == FALSE && !first_error) {
      first_error = last_error();
    }
    return true;
  };
  static_cast<void>(end(static_cast<DWORD>(root), 0));
  for (bool found = true; found;) {
    found = false;
    for (const Entry& entry : all_processes()) {
      const auto parent = births.find(entry.parent);
      if (parent != births.end() && !births.contains(entry.pid)) {
        found = end(entry.pid, parent->second) || found;
      }
    }
  }
  return first_error;
}

std::error_code terminate_tree(int root) {
  return kill_tree(root);
}

}  // namespace progeny::platform
