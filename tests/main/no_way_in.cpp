// A program that calls neither freeze_support nor links progeny::main. It prints what `start` says
// (J3). Its argument is the start method.

#include <progeny/multiprocessing.hpp>

#include <cstdio>
#include <exception>

namespace mp = progeny::multiprocessing;

int main(int argc, char** argv) {
  std::puts("main");
  if (argc != 2) {
    return 2;
  }
  mp::Queue<int> answers;
  auto child =
      mp::get_context(argv[1]).Process([](mp::Queue<int>& queue) { queue.put(1); }, answers);
  try {
    child.start();
    std::printf("%d\n", answers.get());
    child.join();
  } catch (const progeny::RuntimeError& error) {
    std::puts(error.what());
  }
}
