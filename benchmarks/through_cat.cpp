// How fast do bytes go to a child and back?
//
// The parent must write and read by turns, for a child that cannot get rid of its output stops
// reading its input.

#include "contest/contest.hpp"

#include <fmt/core.h>

int main(int argc, char** argv) {
  const bench::Scale scale = bench::parse_scale(argc, argv);
  const bench::Task task{.title = fmt::format("{} MiB through cat", scale.exchanged >> 20U),
                         .order = {.task = "cat", .arguments = std::to_string(scale.exchanged)},
                         .bytes = scale.exchanged,
                         .references = {"raw-poll-loop", "raw-poll-fresh", "rust-std", "python"}};
  const bench::Setting setting{.title = "small parent, 1 thread"};
  return bench::hold_contest("through_cat", setting, {task}, scale) ? 0 : 1;
}
