// What does a program cost that uses progeny, before its main begins?
//
// From posix_spawn(3) to the end: of a bare C++ program, of one that has progeny's processes and
// queues linked in and returns at once, and of a whole Process by `spawn`, whose child is a C++
// program too.

#include "contest/contest.hpp"

int main(int argc, char** argv) {
  const bench::Scale scale = bench::parse_scale(argc, argv);
  const std::vector<bench::Task> tasks{
      {.title = "start a program that does nothing and wait, beside a bare C++ program",
       .order = {.task = "startup", .arguments = bench::child_program("")},
       .references = {"bare"}},
  };
  return bench::hold_contest("startup", {.title = "small parent, 1 thread"}, tasks, scale) ? 0 : 1;
}
