// A program that does not call freeze_support, and links progeny::main instead. Its arguments: the
// start method.

#include <progeny/multiprocessing.hpp>

#include <cstdio>
#include <string>

namespace mp = progeny::multiprocessing;

namespace {

struct BuiltBeforeMain {
  std::string text = "built";
};
const BuiltBeforeMain global;

void answer(mp::Connection& answers) {
  answers.send(global.text);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::puts("main was entered by a child, or without a start method");
    return 2;
  }
  auto [ours, childs] = mp::Pipe();
  auto child = mp::get_context(argv[1]).Process(answer, std::move(childs));
  child.start();
  const bool right = ours.recv<std::string>() == "built";
  child.join();
  return right && child.exitcode() == 0 ? 0 : 1;
}
