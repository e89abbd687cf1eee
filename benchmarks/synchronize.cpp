// What does a lock between processes cost, and how soon does a sleeper wake up?
//
// Beside a bare futex, which forgets a lock whose owner dies; pthread's robust mutex, which does
// not; and Boost.Interprocess. In a wake-up both processes sleep in turn, by a semaphore each.
// With a partner, once on whichever processors the system chooses, and once both on one.

#include "contest/contest.hpp"

#include <fmt/core.h>

#include <string>

namespace {

bench::Task sync(const std::string& title, const std::string& kind, bool pinned, int batch) {
  return {.title = title,
          .order = {.task = kind == "wake" ? "wake" : "sync",
                    .arguments = fmt::format("{} {:d} {}", kind, pinned, batch)},
          .references = {"futex", "pthread"}};
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Scale scale = bench::parse_scale(argc, argv);
  const std::vector<bench::Task> tasks{
      sync("a free lock: 10,000 times acquired and released", "alone", false, 10000),
      sync("two processes: 10,000 times each", "contended", false, 10000),
      sync("two processes on one processor: 10,000 times each", "contended", true, 10000),
      sync("a wake-up there and back", "wake", false, 1),
      sync("a wake-up there and back on one processor", "wake", true, 1),
  };
  return bench::hold_contest("synchronize", {.title = "1 thread"}, tasks, scale) ? 0 : 1;
}
