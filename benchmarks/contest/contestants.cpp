#include "contest/contestants.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <exception>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>

namespace bench {

namespace {

// A program of peers/, and the Debian 12 package that it needs.
struct Entry {
  const char* program;
  const char* package;
};

constexpr Entry alone[] = {
    {"raw", "nothing"},
    {"progeny", "nothing"},
    {"posix_spawn", "nothing"},
    {"boost_v1", "libboost1.81-dev"},
    {"boost_v2", "libboost1.81-dev"},
    {"boost_interprocess", "libboost1.81-dev"},
    {"glib", "libglib2.0-dev"},
    {"libuv", "libuv1-dev"},
    {"zeromq", "libzmq3-dev"},
    {"poco", "libpoco-dev"},
    {"qt", "qtbase5-dev"},
    {"rust_std", "rustc"},
};

// Each large parent holds its memory, so there are only three of them: one program for all C++
// contestants, Rust and Python. What else is mapped does not matter in a large parent.
constexpr Entry together[] = {{"together", "nothing"}, {"rust_std", "rustc"}};

std::filesystem::path own_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

std::size_t available_memory() {
  std::ifstream meminfo("/proc/meminfo");
  std::string name;
  std::size_t kibibytes = 0;
  std::string unit;
  while (meminfo >> name >> kibibytes >> unit) {
    if (name == "MemAvailable:") {
      return kibibytes * 1024;
    }
  }
  return 0;
}

bool limit_descriptors(std::size_t soft) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = soft;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

bool can_have(const Setting& setting, std::size_t parents) {
  if (!limit_descriptors(setting.descriptors)) {
    fmt::print("{}: skipped, the hard RLIMIT_NOFILE is lower\n", setting.title);
    return false;
  }
  // A third more, for page tables, copies and the rest of the system.
  if (available_memory() < setting.held * parents * 4 / 3) {
    fmt::print("{}: skipped, {} parents need more memory than is free\n", setting.title, parents);
    return false;
  }
  return true;
}

}  // namespace

std::string child_program(const std::string& name) {
  return own_folder() / "children" / name;
}

std::vector<Worker> start_workers(const std::string& question, const Setting& setting) {
  const auto entries = setting.held == 0 && !setting.together
                           ? std::vector<Entry>(std::begin(alone), std::end(alone))
                           : std::vector<Entry>(std::begin(together), std::end(together));
  std::vector<Worker> workers;
  std::vector<std::string> missing;
  if (!can_have(setting, entries.size() + 1)) {
    return workers;
  }
  for (const Entry& entry : entries) {
    const auto program = own_folder() / "peers" / entry.program;
    if (std::filesystem::exists(program)) {
      workers.emplace_back(std::vector<std::string>{program.string()});
    } else {
      missing.push_back(fmt::format("{} ({})", entry.program, entry.package));
    }
  }
  try {
    const auto script = fmt::format("{}/{}.py", PROGENY_BENCHMARKS_FOLDER, question);
    workers.emplace_back(std::vector<std::string>{"python3", script});
  } catch (const std::exception&) {
    missing.emplace_back("python (python3)");
  }
  if (!missing.empty()) {
    fmt::print("not installed: {}\n", fmt::join(missing, ", "));
  }
  if (setting.held != 0) {
    for (Worker& worker : workers) {
      worker.hold(setting.held);
    }
  }
  return workers;
}

}  // namespace bench
