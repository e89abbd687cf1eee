// How fast can a parent take in what a child writes?
//
// Into memory, which the kernel must find, clear and map; and through a block that is used again
// and again, where only the copying is left.

#include "contest/contest.hpp"

#include <fmt/core.h>

int main(int argc, char** argv) {
  const bench::Scale scale = bench::parse_scale(argc, argv);
  const std::string flood = fmt::format("{} {}", bench::child_program("flood"), scale.captured);
  const std::vector<bench::Task> tasks{
      {.title = fmt::format("collect {} MiB in memory", scale.captured >> 20U),
       .order = {.task = "capture", .arguments = flood},
       .bytes = scale.captured,
       .references = {"raw-kept-block", "raw-huge-pages", "rust-std", "python"}},
      {.title = fmt::format("see {} MiB block by block", scale.captured >> 20U),
       .order = {.task = "stream", .arguments = flood},
       .bytes = scale.captured,
       .references = {"raw-reused-block"}},
  };
  return bench::hold_contest("capture", {.title = "small parent, 1 thread"}, tasks, scale) ? 0 : 1;
}
