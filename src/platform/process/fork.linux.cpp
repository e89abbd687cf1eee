#include "platform/process/fork.hpp"

#include "platform/system/thread.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

// By its name. What cannot be read is a thread that has just ended.
bool is_hosts(const char* thread) noexcept {
  std::array<char, 64> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/task/%.16s/comm", thread);
  // Not lifted: it is closed again at once.
  const int file = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (file == -1) {
    return false;
  }
  std::array<char, 32> text{};
  const ssize_t length = ::read(file, text.data(), text.size());
  ::close(file);
  const std::string_view name(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return !name.starts_with(quiet_thread_name);
}

}  // namespace

// The folder has an entry for each thread. Its link count is two more (proc(5)).
int thread_count() noexcept {
  struct stat facts{};
  if (::stat("/proc/self/task", &facts) == -1 || facts.st_nlink < 3) {
    return 1;
  }
  return static_cast<int>(facts.st_nlink) - 2;
}

// The names take longer. They are needed when a thread of the library's is about to end: then it is
// not counted any more, but still there.
int host_thread_count() noexcept {
  const int counted = thread_count() - quiet_thread_count();
  if (counted <= 1) {
    return 1;
  }
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir("/proc/self/task"));
  if (!folder) {
    return counted;
  }
  int found = 0;
  while (const dirent* const entry = ::readdir(folder.get())) {
    found += entry->d_name[0] != '.' && is_hosts(entry->d_name) ? 1 : 0;
  }
  return found;
}

}  // namespace progeny::platform
