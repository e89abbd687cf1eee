// The tree is read from /proc, where each process says who its parent is.

#include "platform/process/process_tree.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/process/pidfd.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/handle.hpp>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// What /proc/PID/stat says. `birth` tells a process from an earlier one with its number.
struct Stat {
  int pid = 0;
  char state = '?';
  int parent = 0;
  int group = 0;
  int session = 0;
  unsigned long long birth = 0;
};

// The name, in parentheses, may have anything in it, parentheses too.
std::optional<Stat> stat_of(int pid) noexcept {
  char path[32];
  static_cast<void>(std::snprintf(path, sizeof path, "/proc/%d/stat", pid));
  const Handle file = own_new(::open(path, O_RDONLY | O_CLOEXEC));
  char text[1'024];
  const ssize_t size = file ? ::read(file.get(), text, sizeof text - 1) : -1;
  if (size <= 0) {
    return std::nullopt;
  }
  text[size] = '\0';
  const std::size_t name_end = std::string_view(text).rfind(')');
  Stat stat{.pid = pid};
  if (name_end == std::string_view::npos ||
      std::sscanf(text + name_end + 1,
                  " %c %d %d %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
                  &stat.state,
                  &stat.parent,
                  &stat.group,
                  &stat.session,
                  &stat.birth) != 5) {
    return std::nullopt;
  }
  return stat;
}

std::map<int, Stat> all_processes() {
  std::map<int, Stat> all;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  while (const dirent* const entry = folder ? ::readdir(folder.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    int pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc() && end == name.data() + name.size()) {
      if (const auto stat = stat_of(pid)) {
        all.emplace(pid, *stat);
      }
    }
  }
  return all;
}

bool is_at_rest(char state) noexcept {
  return state == 'T' || state == 't' || state == 'Z' || state == 'X';
}

void pause_briefly() noexcept {
  const timespec time{.tv_sec = 0, .tv_nsec = 1'000'000};
  ::nanosleep(&time, nullptr);
}

class Tree {
 public:
  explicit Tree(int root) {
    if (const auto stat = stat_of(root)) {
      add(*stat, 0);
    }
  }

  // Looks for members until there are no new ones. Sends `signal` to each as it is found.
  void collect(int signal) {
    while (collect_once(signal)) {
    }
  }

  // Stops all, and goes on looking until each has really stopped: one that was in the middle of a
  // fork has a new child.
  void stop() {
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + std::chrono::seconds(1);
    send(SIGSTOP);
    for (;;) {
      const bool found = collect_once(SIGSTOP);
      if (!found && all_at_rest_) {
        return;
      }
      if (steady_clock::now() >= end) {
        return;
      }
      if (!found) {
        pause_briefly();
      }
    }
  }

  void send(int signal) noexcept {
    for (const auto& [pid, member] : members_) {
      send_to(pid, member, signal);
    }
  }

  [[nodiscard]] bool is_empty() const noexcept { return members_.empty(); }
  [[nodiscard]] std::error_code error() const noexcept { return {error_, std::generic_category()}; }

 private:
  struct Member {
    Handle process;
    unsigned long long birth;
  };

  // A number is a member's as long as no other process has it. That of an ended leader stays
  // reserved for its group and session.
  [[nodiscard]] bool knows(int pid, const std::map<int, Stat>& all) const {
    const auto member = members_.find(pid);
    const auto now = all.find(pid);
    return member != members_.end() &&
           (now == all.end() || now->second.birth == member->second.birth);
  }

  bool collect_once(int signal) {
    bool found = false;
    all_at_rest_ = true;
    const std::map<int, Stat> all = all_processes();
    for (const auto& [pid, stat] : all) {
      if (knows(pid, all)) {
        all_at_rest_ = all_at_rest_ && is_at_rest(stat.state);
      } else if (pid != ::getpid() &&
                 (knows(stat.parent, all) || knows(stat.group, all) || knows(stat.session, all))) {
        found = add(stat, signal) || found;
      }
    }
    return found;
  }

  // The descriptor is of the process that was meant if that has not ended meanwhile.
  bool add(const Stat& stat, int signal) {
    Member member{.process = open_pidfd(stat.pid), .birth = stat.birth};
    const auto again = stat_of(stat.pid);
    if (!again || again->birth != stat.birth) {
      return false;
    }
    const auto& added = *members_.insert_or_assign(stat.pid, std::move(member)).first;
    if (signal != 0) {
      send_to(added.first, added.second, signal);
    }
    return true;
  }

  // Without a descriptor the number has to do, right after a look at whose it is.
  void send_to(int pid, const Member& member, int signal) noexcept {
    int error = member.process ? signal_pidfd(member.process.get(), signal) : ENOSYS;
    if (error != 0 && error != ESRCH && error != EPERM) {
      const auto stat = stat_of(pid);
      const bool is_it = stat && stat->birth == member.birth;
      error = is_it && ::kill(pid, signal) == -1 ? errno : 0;
    }
    if (error != 0 && error != ESRCH && error_ == 0) {
      error_ = error;
    }
  }

  std::map<int, Member> members_;
  bool all_at_rest_ = true;
  int error_ = 0;
};

}  // namespace

std::error_code kill_tree(int root) {
  const ErrnoKeeper keeper;
  Tree tree(root);
  if (tree.is_empty()) {  // No /proc: only the root is known.
    return {::kill(root, SIGKILL) == -1 && errno != ESRCH ? errno : 0, std::generic_category()};
  }
  tree.stop();
  tree.send(SIGKILL);
  return tree.error();
}

// A stopped process takes the signal when it goes on.
std::error_code terminate_tree(int root) {
  const ErrnoKeeper keeper;
  Tree tree(root);
  if (tree.is_empty()) {
    return {::kill(root, SIGTERM) == -1 && errno != ESRCH ? errno : 0, std::generic_category()};
  }
  tree.collect(0);
  tree.send(SIGTERM);
  tree.send(SIGCONT);
  return tree.error();
}

}  // namespace progeny::platform
