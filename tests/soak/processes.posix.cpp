#include "soak/processes.posix.hpp"

#include "soak/footprint.posix.hpp"

#include <progeny/multiprocessing.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include <unistd.h>

namespace progeny::testing {

namespace {

namespace mp = progeny::multiprocessing;

constexpr std::array methods{"fork", "forkserver", "spawn"};
constexpr int spawn_once_in = 20;  // A spawn takes twenty times as long as a fork.

bool one_process(int number) {
  const char* const method =
      number % spawn_once_in == 0 ? "spawn" : methods[static_cast<std::size_t>(number % 2)];
  const auto work = [](int code) { throw mp::SystemExit(code); };
  auto process = mp::get_context(method).Process(work, number % 100);
  process.start();
  return process.join(very_long) && process.exitcode() == number % 100;
}

// Files that the library might leave where temporary files are.
int files_left() {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/tmp")) {
    const std::string name = entry.path().filename();
    count += name.starts_with("pymp-") || name.starts_with("progeny-") ? 1 : 0;
  }
  return count;
}

struct Pids {
  int child = 0;
  int parent_of_child = 0;
};

void live_until_told(mp::Connection& connection) {
  connection.send(Pids{.child = ::getpid(), .parent_of_child = ::getppid()});
  static_cast<void>(connection.recv_bytes());
}

// The parent: its death must end the child, and it must notice the child's death.
void have_a_child(mp::Connection& connection, const std::string& method) {
  auto child =
      mp::get_context(method).Process({.daemon = true}, live_until_told, std::move(connection));
  try {
    child.start();
  } catch (const progeny::EOFError&) {
    return;  // The server was killed just then.
  }
  child.join();
}

// What the child sent first, if it lived long enough.
std::optional<Pids> first_word(mp::Connection& connection) {
  try {
    return connection.poll(very_long) ? std::optional(connection.recv<Pids>()) : std::nullopt;
  } catch (const progeny::EOFError&) {
    return std::nullopt;
  }
}

// Whether all processes that had the other end are gone.
bool is_abandoned(mp::Connection& connection) {
  try {
    while (connection.poll(very_long)) {
      static_cast<void>(connection.recv_bytes());
    }
    return false;
  } catch (const progeny::EOFError&) {
    return true;
  } catch (const progeny::OSError&) {
    return true;
  }
}

class Chaos {
 public:
  /// Runs one round. Returns what was wrong, or an empty string.
  std::string round() {
    const std::string method = methods[pick(methods.size())];
    auto [ours, theirs] = mp::Pipe();
    auto parent = mp::get_context("spawn").Process(have_a_child, std::move(theirs), method);
    parent.start();
    std::optional<Pids> pids;
    switch (pick(3)) {
      case 0:
        static_cast<void>(parent.join(std::chrono::microseconds(pick(40'000))));
        parent.kill();
        break;
      case 1:
        pids = first_word(ours);
        strike(pids ? pids->child : 0);
        break;
      default:
        pids = first_word(ours);
        strike(pids ? pids->parent_of_child : 0);
    }
    if (!parent.join(very_long)) {
      parent.kill();
      return method + ": the parent hangs";
    }
    if (!is_abandoned(ours)) {
      return method + ": a child has outlived its parent";
    }
    const int server = pids ? pids->parent_of_child : 0;
    if (server != 0 && !eventually([server] { return !is_running(server); })) {
      return method + ": a server has outlived its clients";
    }
    return {};
  }

 private:
  std::size_t pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }
  static void strike(int pid) {
    if (pid > 1) {
      ::kill(pid, SIGKILL);
    }
  }

  std::mt19937 random_{std::random_device()()};
};

}  // namespace

bool processes(int count) {
  for (int warm_up = 0; warm_up < spawn_once_in * 2; ++warm_up) {
    static_cast<void>(one_process(warm_up));
  }
  const Footprint before;
  const auto begin = SoakClock::now();
  bool right = true;
  for (int number = 0; number < count; ++number) {
    right = one_process(number) && right;
  }
  return report("processes", count, before, SoakClock::now() - begin, 4096) && right;
}

bool chaos(int rounds) {
  Chaos chaos;
  static_cast<void>(chaos.round());
  const int files = files_left();
  const Footprint before;
  const auto begin = SoakClock::now();
  bool right = true;
  for (int number = 0; number < rounds; ++number) {
    if (const auto wrong = chaos.round(); !wrong.empty()) {
      fmt::print("chaos: round {}: {}\n", number, wrong);
      right = false;
    }
  }
  if (files_left() > files) {
    fmt::print("chaos: {} files were left\n", files_left() - files);
    right = false;
  }
  return report("chaos", rounds, before, SoakClock::now() - begin, 4096) && right;
}

}  // namespace progeny::testing
