// What does it cost to start a program and wait for its end?
//
// Of a minimal static program, which shows the launcher's own cost; of /bin/true, where dynamic
// linking hides it; and of echo, whose output is captured. From a small parent and from one that
// holds 4 GiB, from one thread and from two, and with a table of 20,000 possible descriptors.

#include "contest/contest.hpp"

namespace {

using bench::Setting;
using bench::Task;

std::vector<Task> tasks() {
  const std::vector<std::string> limits{"raw-clone3", "raw-vfork"};
  return {
      {.title = "start a minimal static child and wait",
       .order = {.task = "launch", .arguments = bench::child_program("exit_now")},
       .references = limits},
      {.title = "start /bin/true and wait",
       .order = {.task = "launch", .arguments = "/bin/true"},
       .references = limits},
      {.title = "capture the output of echo",
       .order = {.task = "echo", .arguments = ""},
       .references = {"raw-clone3"}},
  };
}

std::vector<Setting> settings(std::size_t large) {
  return {
      {.title = "small parent, 1 thread"},
      {.title = "small parent, 2 threads", .threads = 2},
      {.title = "small parent, 1 thread, RLIMIT_NOFILE 20000", .descriptors = 20'000},
      {.title = "large parent, 1 thread", .held = large},
      {.title = "large parent, 2 threads", .threads = 2, .held = large},
  };
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Scale scale = bench::parse_scale(argc, argv);
  bool all_finished = true;
  for (const Setting& setting : settings(scale.held)) {
    all_finished = bench::hold_contest("launch", setting, tasks(), scale) && all_finished;
  }
  return all_finished ? 0 : 1;
}
