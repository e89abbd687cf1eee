#pragma once

// A family of processes of its own: shared_memory/shared_memory_peer.cpp and its children.

#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>
#include <progeny/subprocess/popen.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

// The build defines PROGENY_SHARED_MEMORY_PEER: the path of the program.

namespace progeny::testing {

/// Whether there is shared memory of this name.
[[nodiscard]] inline bool is_there(const std::string& name) {
  return std::filesystem::exists("/dev/shm/" + name);
}

/// Unlinks a block or list at the end of the scope, if the test has not.
template <class Shared>
class Unlinking {
 public:
  explicit Unlinking(Shared& shared) : shared_(shared) {}
  Unlinking(const Unlinking&) = delete;
  Unlinking& operator=(const Unlinking&) = delete;
  ~Unlinking() {
    try {
      if constexpr (requires { shared_.shm(); }) {
        shared_.shm().unlink();
      } else {
        shared_.unlink();
      }
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): the test has done so.
    }
  }

 private:
  Shared& shared_;
};

/// The running program. Its tracker has the same stderr, so end of file there means that both have
/// ended.
class Family {
 public:
  explicit Family(const std::vector<std::string>& words)
      : process_(with_program(words),
                 {.std_in = subprocess::PIPE,
                  .std_out = subprocess::PIPE,
                  .std_err = subprocess::PIPE,
                  .text = true,
                  .at_scope_exit = subprocess::AtScopeExit::kill}) {}

  /// The next line of its output.
  [[nodiscard]] std::string line() {
    auto text = process_.std_out().readline();
    if (text.ends_with('\n')) {
      text.pop_back();
    }
    return text;
  }
  /// Lets it go on to its next step.
  void ask() {
    process_.std_in().write("\n");
    process_.std_in().flush();
  }
  void kill() { process_.kill(); }
  /// Closes its input, and waits for its end and that of its tracker. Returns what both have
  /// written to stderr.
  [[nodiscard]] std::string rest() {
    process_.std_in().close();
    auto text = process_.std_err().read();
    static_cast<void>(process_.wait(very_long));
    return text;
  }
  [[nodiscard]] int pid() const { return process_.pid(); }

  /// The pids of the trackers that have its stderr.
  [[nodiscard]] std::vector<int> trackers() const {
    std::vector<int> found;
    const auto own = stderr_of(pid());
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const auto name = entry.path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) {
        continue;
      }
      std::ifstream file(entry.path() / "cmdline");
      std::string line;  // Empty if the process has ended meanwhile.
      std::getline(file, line);
      if (line.find("--multiprocessing-resource-tracker=") != std::string::npos &&
          stderr_of(std::stoi(name)) == own) {
        found.push_back(std::stoi(name));
      }
    }
    return found;
  }

 private:
  static std::vector<std::string> with_program(std::vector<std::string> words) {
    words.insert(words.begin(), PROGENY_SHARED_MEMORY_PEER);
    return words;
  }
  static ino_t stderr_of(int pid) {
    struct stat facts{};
    const auto path = "/proc/" + std::to_string(pid) + "/fd/2";
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
  }

  subprocess::Popen process_;
};

}  // namespace progeny::testing
