// A program that uses a process and a queue, but not today.

#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/queues.hpp>
#include <progeny/multiprocessing/spawn.hpp>

#include <iostream>

namespace {

namespace mp = progeny::multiprocessing;

void answer(mp::Queue<int>& queue) {
  queue.put(1);
}

int ask() {
  mp::Queue<int> queue;
  mp::Process process(answer, queue);
  process.start();
  process.join();
  return queue.get();
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  if (argc > 1) {
    std::cout << ask() << '\n';
  }
  return 0;
}
