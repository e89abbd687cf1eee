// How fast are Python's pickles written and read?
//
// Beside CPython's pickler, which is written in C. progeny_typed writes and reads the types of the
// C++ library, progeny_values the values of Python: a node for each string and list, as in Python.

#include "contest/contest.hpp"

#include <fmt/core.h>

#include <string>
#include <vector>

namespace {

bench::Task pickle(const std::string& title,
                   const std::string& kind,
                   bool reads,
                   std::size_t count) {
  return {.title = fmt::format("{} {}", reads ? "read" : "write", title),
          .order = {.task = "pickle", .arguments = fmt::format("{} {:d} {}", kind, reads, count)},
          .bytes = kind == "bytes" ? count : 0,
          .references = {"python"}};
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t items = 10'000;
  const bench::Scale scale = bench::parse_scale(argc, argv);
  std::vector<bench::Task> tasks;
  for (const bool reads : {false, true}) {
    tasks.push_back(pickle("a list of 10,000 ints", "ints", reads, items));
    tasks.push_back(pickle("a list of 10,000 floats", "floats", reads, items));
    tasks.push_back(pickle("a list of 10,000 strings", "strings", reads, items));
    tasks.push_back(pickle("1 MiB of bytes", "bytes", reads, std::size_t{1} << 20));
  }
  return bench::hold_contest("pickles", {.title = "1 thread"}, tasks, scale) ? 0 : 1;
}
