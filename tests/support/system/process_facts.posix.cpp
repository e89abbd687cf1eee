#include "support/system/process_facts.posix.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::testing {

namespace {

/// What a `stat` file of /proc tells from the state on. The name before it, in parentheses, may
/// hold anything. Empty if there is no such file.
std::istringstream facts_behind_name(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string stat;
  std::getline(file, stat);
  return std::istringstream(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
}

// Where the C library keeps shared memory that has a name (shm_overview(7)).
constexpr const char* memory_folder = "/dev/shm";

bool has_open(const std::filesystem::path& process, const std::string& path) {
  std::error_code error;  // The process may be gone by now, or another user's.
  for (std::filesystem::directory_iterator entry(process / "fd", error), end; entry != end;
       entry.increment(error)) {
    if (std::filesystem::read_symlink(entry->path(), error) == path) {
      return true;
    }
  }
  return false;
}

bool has_mapped(const std::filesystem::path& process, const std::string& path) {
  std::ifstream file(process / "maps");
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with(" " + path)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool has_child() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

bool is_unreaped_child(int pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool is_running(int pid) {
  std::istringstream facts = facts_behind_name("/proc/" + std::to_string(pid) + "/stat");
  std::string state;
  if (!(facts >> state) || state == "X") {
    return false;
  }
  // A process whose first thread has ended keeps what it has open until the others have ended too.
  std::string between;
  for (int field = 0; field < 16; ++field) {
    facts >> between;
  }
  int threads = 0;
  facts >> threads;
  return state != "Z" || threads > 1;
}

std::vector<int> children() {
  std::vector<int> found;
  if (!has_child()) {
    return found;  // The usual case, without a look at each process of the machine.
  }
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::istringstream facts = facts_behind_name(entry.path() / "stat");
    std::string state;
    int parent = 0;
    if (facts >> state >> parent && parent == ::getpid()) {
      found.push_back(std::stoi(entry.path().filename()));
    }
  }
  std::ranges::sort(found);
  return found;
}

bool is_gone(int pid) {
  return !is_unreaped_child(pid);
}

bool await_end(int pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0;
}

bool kill_process(int pid) {
  return ::kill(pid, SIGKILL) == 0;
}

std::size_t open_descriptors() {
  // The iterator's own descriptor is counted each time.
  return static_cast<std::size_t>(std::distance(
      std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator()));
}

std::size_t thread_count() {
  return std::stoul(status_line("Threads"));
}

std::set<std::string> shared_memory_names() {
  std::set<std::string> names;
  std::error_code error;  // A system without the folder has no such memory.
  for (std::filesystem::directory_iterator entry(memory_folder, error), end; entry != end;
       entry.increment(error)) {
    names.insert(entry->path().filename());
  }
  return names;
}

bool is_used_by_others(const std::string& shared_memory) {
  const std::string path = memory_folder + ("/" + shared_memory);
  const std::string own = std::to_string(::getpid());
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    const bool is_process = name.find_first_not_of("0123456789") == std::string::npos;
    if (is_process && name != own && (has_open(entry, path) || has_mapped(entry, path))) {
      return true;
    }
  }
  return false;
}

std::string status_line(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) {
      std::istringstream value(line.substr(name.size() + 1));
      std::string word;
      value >> word;
      return word;
    }
  }
  return {};
}

std::chrono::nanoseconds processor_time() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace progeny::testing
