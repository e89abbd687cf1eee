// What does it cost to run a function in another process and wait for its end?
//
// By each start method, from a small parent and from one that holds 4 GiB. What is compared with is
// what the kernel needs: fork(2) and _exit(2), and posix_spawn(3) of the same program.

#include "contest/contest.hpp"

int main(int argc, char** argv) {
  const bench::Scale scale = bench::parse_scale(argc, argv);
  const std::vector<bench::Task> tasks{
      {.title = "fork: start a process and join it",
       .order = {.task = "process", .arguments = "fork"},
       .references = {"raw"}},
      {.title = "forkserver: start a process and join it, beside a raw fork",
       .order = {.task = "process", .arguments = "forkserver"},
       .references = {"raw"}},
      {.title = "spawn: start a process and join it, beside posix_spawn of the same program",
       .order = {.task = "process", .arguments = "spawn"},
       .references = {"raw"}},
  };
  const std::vector<bench::Setting> settings{
      {.title = "small parent, 1 thread", .together = true},
      {.title = "large parent, 1 thread", .held = scale.held, .together = true},
  };
  bool all_finished = true;
  for (const bench::Setting& setting : settings) {
    all_finished = bench::hold_contest("process", setting, tasks, scale) && all_finished;
  }
  return all_finished ? 0 : 1;
}
