// Long runs that look for growth: many launches; launches from many threads beside a busy
// allocator, whose outputs must not mix; processes of multiprocessing, and kill -9 among them.
//
//   progeny_soak [--short] [--minutes N] [launches] [threads] [processes] [chaos] [killer]
//
// Prints a line of figures for each suite. Fails if something has grown or was wrong.

#include "soak/footprint.posix.hpp"
#include "soak/killer.posix.hpp"
#include "soak/processes.posix.hpp"
#include "support/children/child_args.hpp"

#include <progeny/subprocess.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;
using Clock = SoakClock;

bool one_launch(int number) {
  switch (number % 4) {
    case 0:
      return sp::call(child("exit_with", "7")) == 7;
    case 1:
      return sp::run(child("print", "out", "err"), {.capture_output = true}).std_out == "out";
    case 2:
      try {
        const sp::Popen missing({"/no/such/program"}, {.std_in = sp::PIPE, .std_out = sp::PIPE});
        return false;
      } catch (const progeny::OSError&) {
        return true;
      }
    default:
      sp::Popen p(child("pause_until_killed"));
      p.kill();
      return p.wait() == -9;
  }
}

bool launches(int count) {
  for (int warm_up = 0; warm_up < 100; ++warm_up) {
    static_cast<void>(one_launch(warm_up));
  }
  const Footprint before;
  const auto begin = Clock::now();
  bool right = true;
  for (int number = 0; number < count; ++number) {
    right = one_launch(number) && right;
  }
  // The allocator may keep a few pages.
  return report("launches", count, before, Clock::now() - begin, 4096) && right;
}

// The child prints its thread and number, which shows whether its output got into another's pipe.
bool captured_launch(int thread, int number) {
  const std::string word = fmt::format("{}-{}", thread, number);
  const auto done = sp::run(child("print", word, word), {.capture_output = true});
  return done.returncode == 0 && done.std_out == word && done.std_err == word;
}

void churn_memory(const std::atomic<bool>& stop) {
  std::vector<std::string> blocks(64);
  for (std::size_t round = 0; !stop; ++round) {
    blocks[round % blocks.size()] = std::string(1 + round * 7919 % 100000, 'x');
  }
}

bool threads(std::chrono::seconds duration) {
  // With the first thread of a program a sanitizer starts one of its own, and keeps it.
  std::jthread([] { captured_launch(0, 0); }).join();
  const Footprint before;
  const auto begin = Clock::now();
  std::atomic<bool> stop = false;
  std::atomic<bool> right = true;
  std::atomic<int> count = 0;
  {
    std::vector<std::jthread> launching;
    launching.reserve(8);
    for (int thread = 0; thread < 8; ++thread) {
      launching.emplace_back([&, thread] {
        for (int number = 0; Clock::now() - begin < duration; ++number, ++count) {
          if (!captured_launch(thread, number)) {
            right = false;
          }
        }
      });
    }
    const std::jthread busy([&] { churn_memory(stop); });
    launching.clear();
    stop = true;
  }
  if (!right) {
    fmt::print("threads: an output was wrong\n");
  }
  // Not a leak: malloc keeps an arena for each of the eight threads.
  return report("threads", count, before, Clock::now() - begin, 64 * 1024) && right;
}

// The number behind `--minutes`; 10 if there is none.
std::chrono::minutes minutes_of(const std::vector<std::string>& words) {
  const auto option = std::ranges::find(words, "--minutes");
  return std::chrono::minutes(
      option == words.end() || option + 1 == words.end() ? 10 : std::stoi(option[1]));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto wants = [&words](const std::string& word) {
    return std::ranges::find(words, word) != words.end();
  };
  const bool is_short = wants("--short");
  const std::vector<std::pair<std::string, std::function<bool()>>> suites{
      {"launches", [&] { return launches(is_short ? 2000 : 100000); }},
      {"threads", [&] { return threads(is_short ? 3s : 60s); }},
      {"processes", [&] { return processes(is_short ? 300 : 10000); }},
      {"chaos", [&] { return chaos(is_short ? 30 : 1000); }},
      {"killer", [&] { return killer(is_short ? 5s : minutes_of(words)); }}};
  const bool all = words.empty() || words == std::vector<std::string>{"--short"};
  bool good = true;
  for (const auto& [name, succeeds] : suites) {
    if (all || wants(name)) {
      good = succeeds() && good;
    }
  }
  return good ? 0 : 1;
}
